/** The result of one test of `doctor`. */
export interface Diagnosis {
  part: string;
  state: 'works' | 'broken' | 'warning' | 'unknown';
  detail: string;
  /** null when it works. */
  remedy: string | null;
}

export const passed = (part: string, detail: string): Diagnosis => ({
  part,
  state: 'works',
  detail,
  remedy: null,
});

export const failed = (part: string, detail: string, remedy: string): Diagnosis => ({
  part,
  state: 'broken',
  detail,
  remedy,
});

/** Something that works and that somebody should look at. */
export const warned = (part: string, detail: string, remedy: string): Diagnosis => ({
  part,
  state: 'warning',
  detail,
  remedy,
});
