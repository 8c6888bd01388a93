import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import type { Core } from '../core.ts';
import { SIGNATURE_HEADER, sign } from '../spotdraft/webhook-signature.ts';
import { eventsByPrefix, type StoredPayload } from '../store/event-payload.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { randomId } from '../text/ids.ts';
import { printable } from '../text/printable.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { loopbackTarget, post } from './loopback.ts';
import { UsageError } from './usage-error.ts';
import { readWorkspaceKey } from './workspace-key.ts';

/** Characters of the response that are printed. */
const SHOWN = 500;
/** Events that are listed when several match a prefix. */
const LISTED = 5;
/** `evt_` and one character. Anything shorter matches all events. */
const MIN_PREFIX = 5;

export function addReplay(program: Command, context: CommandContext): void {
  program
    .command('replay')
    .description(
      'send a stored event to a receiver on this machine, signed as SpotDraft signs it: exit code 0 for a 2xx response',
    )
    .argument('<event>', 'its id (evt_…), or the beginning of it')
    .requiredOption('--to <url>', 'the receiver, such as http://localhost:8080/webhooks')
    .action((event: string, { to }: { to: string }) => context.run(() => replay(context, event, to)));
}

async function replay(context: CommandContext, id: string, to: string): Promise<number> {
  const { terminal } = context;
  const target = await loopbackTarget(to);
  const config = context.loadConfig(false);
  return context.withCore(config, async (core) => {
    const refuse = (why: string): number => {
      terminal.err(`envcheck: ${why}\n`);
      return exitCodes.negative;
    };
    const event = await findEvent(core, id);
    if (!event)
      return refuse(`the log has no event ${id}; \`envcheck find\` accepts any id and explains more`);
    if (event.payload.kind !== 'raw')
      return refuse(`${event.id} cannot be replayed: ${whyNotStored(event.payload, config)}`);
    const environment = config.environments.find(({ name }) => name === event.environment);
    if (!environment)
      return refuse(`${event.id} belongs to ${event.environment}, which is no longer in the config`);
    const key = await readWorkspaceKey(core, environment, terminal);
    if (!key) return exitCodes.couldNotTell;
    const { bytes } = event.payload;
    const requestId = randomId('replay');
    const headers = {
      'content-type': 'application/json',
      'x-request-id': requestId,
      [SIGNATURE_HEADER]: sign(key, bytes),
    };
    const response = await post(target, bytes, headers);
    const sent = `${event.id} of ${environmentLabel(environment)}, ${bytes.length} bytes, as ${requestId}`;
    if ('failure' in response) {
      terminal.err(`envcheck: no response from ${target.url.host}: ${response.failure}. Sent: ${sent}\n`);
      return exitCodes.couldNotTell;
    }
    const { status, ms } = response;
    terminal.out(`${status} in ${ms} ms from ${target.url.href}\n${sent}\n${beginning(response.text)}`);
    return status >= 200 && status < 300 ? exitCodes.ok : exitCodes.negative;
  });
}

async function findEvent({ db }: Core, text: string) {
  const id = text.trim().toLowerCase();
  if (!id.startsWith('evt_') || id.length < MIN_PREFIX)
    throw new UsageError(
      `“${text}” is not an event id (evt_…); \`envcheck find\` finds the event of any other id`,
    );
  const { events, total } = await eventsByPrefix(db, id, LISTED);
  const [event, ...others] = events;
  if (!event || others.length === 0) return event ?? null;
  const more = total > events.length ? ` and ${total - events.length} more` : '';
  throw new UsageError(`several events begin with ${id}: ${events.map((each) => each.id).join(', ')}${more}`);
}

function whyNotStored({ kind }: StoredPayload, { log }: Config): string {
  const stored = kind === 'none' ? 'its payload was not stored' : 'only its redacted payload was stored';
  const next =
    log.payloads === 'full'
      ? 'Events that arrive from now on can be replayed'
      : `Set \`log.payloads: full\` (it is ${log.payloads}) and restart; events that arrive after that can be replayed. The log then holds names and addresses of people`;
  return `${stored}. ${next}`;
}

function beginning(response: string): string {
  const text = printable(response);
  if (text === '') return '';
  return `\n${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}\n`;
}
