import type { Message } from '../../text/message.ts';
import { clip } from './text.ts';

const lines = (environments: readonly { name: string; production: boolean }[]): string[] => [
  '*Envcheck* checks that a SpotDraft environment is ready for go-live, and tells what differs and what changed.',
  '',
  '`/envcheck` all environments at a glance',
  '`/envcheck <environment>` checks it and answers here with verdict, evidence and the next step',
  '`/envcheck <environment> --private` the same, for your eyes only, with a button to share it',
  '`/envcheck checklist <environment>` the go-live checklist, with a button for each item that persons sign off',
  '`/envcheck diff <a> <b>` what differs between two environments; `/envcheck diff <a> --since 3d` what differs from then (`yesterday`, `2026-11-01`, a snapshot)',
  '`/envcheck plan <model> <target>` what to create or change in one so that it matches the other',
  '`/envcheck history <environment>` when it changed and what, with a picture of the last 30 days',
  '`/envcheck waivers` what somebody accepted: who, why, until when, with a button to take it back',
  '`/envcheck find <id>` what happened to an id: event, request, contract, external record, call (`--share` answers in the channel)',
  '`/envcheck events <environment>` what arrived, newest first (`--since 3d`, `--activity CONTRACT_EXECUTED`, `--failed`)',
  '`/envcheck failures <environment>` what goes wrong, in groups: refused deliveries, failed outcomes, silence; with a button to acknowledge one (`--all`: resolved ones, too)',
  'A message’s menu has *Find SpotDraft ids*: it looks up every id in that message',
  '`/envcheck webhooks <environment>` the webhooks that were registered with me, with buttons to register and to delete one',
  '`/envcheck subscribe <environment> daily at 09:00` a digest into this channel (also `weekdays at 9`, `drift`, `failures`); `unsubscribe` takes the same words',
  '`/envcheck subscriptions` what comes by itself, where to, and when next',
  '`/envcheck self` how I do myself: runs, outbox, deliveries, database',
  '`/envcheck help` this',
  '',
  `Environments: ${environments.map(({ name, production }) => `\`${name}\`${production ? ' (production)' : ''}`).join(', ')}`,
];

/** Slack takes 3,000 characters in a section. */
const MAX_SECTION = 2_900;

export function helpMessage(environments: readonly { name: string; production: boolean }[]): Message {
  const sections: string[] = [];
  for (const line of lines(environments)) {
    const last = sections.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= MAX_SECTION)
      sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line);
  }
  return {
    text: clip(sections.join('\n'), MAX_SECTION),
    blocks: sections.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } })),
  };
}
