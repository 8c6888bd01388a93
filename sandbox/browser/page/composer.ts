import { newestContracts } from '../contracts.ts';
import { type Html, html, json } from '../html.ts';
import type { Sandbox } from '../state.ts';
import type { View } from '../view.ts';
import type { PageParts } from './page.ts';

export interface ComposerOptions {
  channel: string;
  /** Timestamp of the message that is answered to. */
  thread: string | null;
  title: string;
}

/** Where a person writes; what starts with a slash is a command. */
export function composer(sandbox: Sandbox, view: View, parts: PageParts, options: ComposerOptions): Html {
  const { channel, thread, title } = options;
  const id = thread === null ? 'composer' : 'reply';
  const target = json({ user: view.as, channel, thread });
  const completions = thread === null ? completionsOf(sandbox, parts.manifest.command) : [];
  return html`<form class="composer" data-do="write" data-collects="text" data-with="${target}" autocomplete="off">
    <ul class="completions" id="${id}-completions" role="listbox" aria-label="Commands" hidden></ul>
    <input id="${id}" name="text" aria-label="Message ${title}" placeholder="Message ${title}, or type ${parts.manifest.command}"
      data-completions="${json(completions)}" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="${id}-completions">
    <button class="button primary">Send</button>
  </form>`;
}

/** What follows the command, and what one gets. */
const uses: readonly (readonly [string, string])[] = [
  ['', 'all environments at a glance'],
  ['prod', 'is production ready?'],
  ['uat', 'is UAT ready?'],
  ['prod --private', 'the report for your eyes only'],
  ['diff uat prod', 'what differs between the two'],
  ['diff prod --since yesterday', 'what changed'],
  ['events prod', 'what arrived, newest first'],
  ['events prod --failed', 'what was refused or failed'],
  ['webhooks prod', 'register and delete webhooks'],
  ['checklist prod', 'what persons have to confirm'],
  ['history prod', 'when the configuration changed'],
  ['plan uat prod', 'what to create in production to match UAT'],
  ['waivers', 'what was accepted, by whom, until when'],
  ['subscriptions', 'what is posted here, and when'],
  ['help', 'every command'],
];

function completionsOf(sandbox: Sandbox, command: string): { text: string; hint: string }[] {
  const [contract] = newestContracts(sandbox, 'prod');
  const find = contract
    ? [[`find ${contract.id}`, 'what happened to a contract, event or request'] as const]
    : [];
  return [...uses.slice(0, 4), ...find, ...uses.slice(4)].map(([text, hint]) => ({
    text: `${command} ${text}`.trim(),
    hint,
  }));
}
