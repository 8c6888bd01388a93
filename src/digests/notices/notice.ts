/** What was announced of an environment, until all of it is over. Times are epoch ms UTC. */
export interface Notice {
  /** `ntc_…` */
  id: string;
  environment: string;
  production: boolean;
  /** Blocking checks that passed before and fail; or the environment as a whole, which could not be told. */
  kind: 'checks' | 'unknown';
  /** When the first report showed it. */
  since: number;
  announcedAt: number;
  closedAt: number | null;
  /** Empty where nothing could be told. */
  checks: NoticeCheck[];
  /** Why it could not be told. */
  reason: string | null;
  remedy: string | null;
}

export interface NoticeCheck {
  id: string;
  title: string;
  expected: string;
  actual: string;
  remedy: string | null;
  /** `unclear`: the last report could not tell; it is not resolved. The last three are over. */
  state: 'failing' | 'unclear' | 'passes' | 'accepted' | 'not judged';
}

export const isOver = ({ state }: NoticeCheck): boolean => state !== 'failing' && state !== 'unclear';
