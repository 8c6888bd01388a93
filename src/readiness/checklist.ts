import { type CheckResult, type ItemId, type ItemResult, items, type Report, type Status } from './report.ts';
import { statusOrder } from './status-text.ts';

export interface ChecklistItem {
  /** From 1, as in the guide. */
  number: number;
  id: ItemId;
  title: string;
  /** null when the item has no checks. */
  status: Status | null;
  /** Blocking checks first, worst status first. */
  checks: CheckResult[];
}

const weight = ({ severity, status }: CheckResult): number =>
  (severity === 'blocking' ? 0 : statusOrder.length) + statusOrder.indexOf(status);

/** The guide's seven items, each with its checks. The last item has one check per sign-off. */
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

/** Id of the sign-off that a check represents; null for every other check. */
export const signOffIdOf = ({ item, id }: Pick<CheckResult, 'item' | 'id'>): string | null =>
  item === 'sign-offs' ? id.slice('sign-offs.'.length) : null;
