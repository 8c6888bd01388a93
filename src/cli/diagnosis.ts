/** What was tried, what came of it, and what to do where it did not work. */
export interface Diagnosis {
  part: string;
  state: 'works' | 'broken' | 'unknown';
  detail: string;
  remedy: string | null;
}

export const works = (part: string, detail: string): Diagnosis => ({
  part,
  state: 'works',
  detail,
  remedy: null,
});

export const broken = (part: string, detail: string, remedy: string): Diagnosis => ({
  part,
  state: 'broken',
  detail,
  remedy,
});
