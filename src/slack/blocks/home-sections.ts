import type { KnownBlock, RichTextElement } from '@slack/types';
import { lastDay } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { HomeExpiry, HomeFacts, HomeSection } from '../home/facts.ts';
import { unreadLine } from './home-lines.ts';
import { bold, bullets, clip, code, paragraph, plain, richText } from './text.ts';

const MAX_LINES = 8;
const MAX_TEXT = 250;

/** What was accepted for a time that ends within 14 days. */
export function expiringBlocks({ expiring, environments }: HomeFacts): KnownBlock[] {
  const title = 'Ends within 14 days';
  if (!expiring.known)
    return withDivider(richText({ type: 'rich_text_section', elements: unreadLine(title, expiring.token) }));
  const all = expiring.value;
  if (all.length === 0) return [];
  const labelOf = (name: string | null) => {
    const environment = environments.find((each) => each.name === name);
    return environment ? ` in ${environmentLabel(environment)}` : '';
  };
  return withDivider(
    listed(
      `⏳ ${title}: ${all.length}`,
      all.map(({ kind, what, environment, until }) => [
        plain(`${kindWords[kind]} `),
        code(clip(what, 150)),
        plain(`${labelOf(environment)}, last day ${lastDay(until)}`),
      ]),
    ),
  );
}

const kindWords: Record<HomeExpiry['kind'], string> = {
  waiver: 'waiver of',
  rule: 'rule of the config for',
  'sign-off': 'sign-off',
};

/** What another part of the program has to say. */
export function sectionBlocks({ title, lines, none }: HomeSection): KnownBlock[] {
  if (!lines.known)
    return withDivider(richText({ type: 'rich_text_section', elements: unreadLine(title, lines.token) }));
  if (lines.value.length === 0) return withDivider(richText(paragraph(bold(`${title}: `), plain(none))));
  return withDivider(
    listed(
      title,
      lines.value.map(({ mark, text }) => [plain(`${mark} ${clip(text, MAX_TEXT)}`)]),
    ),
  );
}

const withDivider = (block: KnownBlock): KnownBlock[] => [{ type: 'divider' }, block];

function listed(title: string, lines: RichTextElement[][]): KnownBlock {
  const more = lines.length - MAX_LINES;
  const shown = more > 0 ? [...lines.slice(0, MAX_LINES), [plain(`…and ${more} more`)]] : lines;
  return richText(paragraph(bold(title)), bullets(shown));
}
