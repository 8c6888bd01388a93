import type { KnownBlock } from '@slack/types';
import { declaredReason } from '../../readiness/evaluate.ts';
import type { ItemResult, Report } from '../../readiness/report.ts';
import { statusLabels, statusOrder } from '../../readiness/status-text.ts';
import { clip, preformatted, richText } from './text.ts';

/** One line per checklist item, in columns that fit a phone. */
export function itemTable(report: Report): KnownBlock {
  const width = Math.max(...report.items.map(({ id }) => id.length));
  const rows = report.items.map(
    (item) =>
      `${statusLabels[item.status].mark} ${item.id.padEnd(width)}  ${clip(declaredReason(item) ?? itemCounts(item), 80)}`,
  );
  return richText(preformatted(rows));
}

const itemCounts = ({ checks }: ItemResult): string =>
  statusOrder
    .map((status) => ({ status, count: checks.filter((check) => check.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${statusLabels[status].word}`)
    .join(', ');
