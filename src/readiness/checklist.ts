import { type CheckResult, type ItemId, type ItemResult, items, type Report, type Status } from './report.ts';

export interface ChecklistItem {
  /** From 1, as in the guide. */
  number: number;
  id: ItemId;
  title: string;
  /** Null: nothing is checked here. */
  status: Status | null;
  /** Blocking ones first, and of those what is wrong. */
  checks: CheckResult[];
}

const byStatus: Status[] = ['fail', 'unknown', 'warn', 'waived', 'pass', 'skipped'];

const weight = ({ severity, status }: CheckResult): number =>
  (severity === 'blocking' ? 0 : byStatus.length) + byStatus.indexOf(status);

/** The guide's seven items, each with its checks; those of the last one are the persons' own. */
export const checklistOf = ({ items: judged }: Pick<Report, 'items'>): ChecklistItem[] =>
  items.map(({ id, title }, index) => {
    const own: ItemResult | undefined = judged.find((item) => item.id === id);
    return {
      number: index + 1,
      id,
      title,
      status: own?.status ?? null,
      checks: (own?.checks ?? []).toSorted((one, other) => weight(one) - weight(other)),
    };
  });

/** The id of the sign-off that a check is about; null: a check of Envcheck's own. */
export const signOffIdOf = ({ item, id }: Pick<CheckResult, 'item' | 'id'>): string | null =>
  item === 'sign-offs' ? id.slice('sign-offs.'.length) : null;
