const WINDOW_MS = 1_000;

export interface Traffic {
  total: number;
  maxInAnySecond: number;
  maxInFlight: number;
}

/** Traffic of one workspace, measured on arrival. All times are monotonic ms. */
export interface TrafficMeter {
  /** Records an arrival. Call the returned function when the request ends. */
  arrive(at: number): () => void;
  /** True when this request is within the limit. Refused requests do not count against it. */
  admit(at: number, perSecond: number): boolean;
  read(): Traffic;
  /** Resets the figures. Requests in flight stay in flight, and the limit keeps its last second. */
  reset(): void;
}

export function createTrafficMeter(): TrafficMeter {
  let inFlight = 0;
  let figures: Traffic = { total: 0, maxInAnySecond: 0, maxInFlight: 0 };
  let arrivals: number[] = [];
  let admitted: number[] = [];
  const recent = (times: number[], at: number) => times.filter((time) => time > at - WINDOW_MS);

  return {
    arrive(at) {
      arrivals = [...recent(arrivals, at), at];
      inFlight += 1;
      figures.total += 1;
      figures.maxInAnySecond = Math.max(figures.maxInAnySecond, arrivals.length);
      figures.maxInFlight = Math.max(figures.maxInFlight, inFlight);
      let over = false;
      return () => {
        if (!over) inFlight -= 1;
        over = true;
      };
    },
    admit(at, perSecond) {
      admitted = recent(admitted, at);
      if (admitted.length >= perSecond) return false;
      admitted.push(at);
      return true;
    },
    read: () => ({ ...figures }),
    reset() {
      arrivals = [];
      figures = { total: 0, maxInAnySecond: 0, maxInFlight: inFlight };
    },
  };
}
