const DAY_MS = 86_400_000;

interface Circumstances {
  keepMs: number;
  now: number;
  /** Oldest delivery that is kept, epoch ms; null: there is none. */
  oldest: number | null;
}

/** Why an id leads nowhere, as far as can be told, and what to try next. Every answer says how far back the log goes. */
export function explainNotFound(query: string, { keepMs, now, oldest }: Circumstances): string {
  const days = Math.round(keepMs / DAY_MS);
  const reach = `The log keeps ${days} days${oldest === null ? ' and holds no delivery yet' : `; its oldest delivery is of ${day(oldest)}`}.`;
  if (query.length < 6 && !/^(?:[TH]-)?\d+$/i.test(query))
    return `“${query}” is too short: give the whole id, or the first six or more of its characters.`;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(query) ? Date.parse(query) : Number.NaN;
  if (time < now - keepMs)
    return `${query} is older than what the log keeps. ${reach} Look in a backup or an export of that time.`;
  if (oldest === null)
    return `Nothing was ever received. ${reach} Register a webhook with the URL of the environment, and see that its deliveries arrive.`;
  return (
    `“${query}” was never received, or not by this Envcheck. ${reach} Try the contract's number or its external id; ` +
    'if SpotDraft shows the activity, look whether its webhook is registered in that workspace and active. A badly signed flood is only counted: of each sender and minute one delivery is kept.'
  );
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
