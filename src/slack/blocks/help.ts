import type { Message } from '../../text/message.ts';
import { clip } from './text.ts';

const lines = (environments: readonly { name: string; production: boolean }[]): string[] => [
  '*Envcheck* checks whether a SpotDraft environment is ready for go-live, and shows what differs and what changed.',
  '',
  '`/envcheck` shows all environments at a glance',
  '`/envcheck <environment>` checks it and answers here with the verdict, the evidence and the next step',
  '`/envcheck <environment> --private` does the same, visible only to you, with a button to share it',
  '`/envcheck checklist <environment>` shows the go-live checklist, with a button for each item that people sign off',
  '`/envcheck diff <a> <b>` compares two environments; `/envcheck diff <a> --since 3d` compares one with its earlier state (`yesterday`, `2026-11-01`, a snapshot)',
  '`/envcheck plan <model> <target>` lists what to create or change in the target to match the model',
  '`/envcheck history <environment>` shows what changed and when, with a picture of the last 30 days',
  '`/envcheck waivers` lists what was accepted: by whom, why and until when, with a button to revoke it',
  '`/envcheck find <id>` shows what happened to an id: event, request, contract, external record or call (`--share` answers in the channel)',
  '`/envcheck events <environment>` lists what arrived, newest first (`--since 09:10`, `--until 09:30`, `--activity CONTRACT_EXECUTED`, `--failed`)',
  '`/envcheck failures <environment>` groups what fails: refused deliveries, failed outcomes, silence, missing events; with a button to acknowledge a group (`--all` adds resolved groups)',
  '`/envcheck keep <id> 90d <reason>` keeps everything about an id beyond `log.keep`, for an incident; `/envcheck keep` lists what is kept',
  '*Find SpotDraft ids* in a message’s menu looks up every id in that message',
  '`/envcheck webhooks <environment>` lists the webhooks registered through Envcheck, with buttons to register and to delete one',
  '`/envcheck subscribe <environment> daily at 09:00` posts a digest in this channel (also `weekdays at 9`, `drift`, `failures`); `unsubscribe` takes the same arguments',
  '`/envcheck subscriptions` lists the scheduled posts: what, where and when next',
  '`/envcheck self` shows bot health: runs, outbox, deliveries, database',
  '`/envcheck help` shows this list',
  '',
  `Environments: ${environments.map(({ name, production }) => `\`${name}\`${production ? ' (production)' : ''}`).join(', ')}`,
];

/** Slack allows 3,000 characters in a section. */
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
