import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { type Core, openCore } from '../core.ts';
import { SIGNATURE_HEADER, sign } from '../spotdraft/webhook-signature.ts';
import { eventsByPrefix, type StoredPayload } from '../store/event-payload.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { randomId } from '../text/ids.ts';
import { printable } from '../text/printable.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { loopbackTarget, post } from './loopback.ts';
import { UsageError } from './usage-error.ts';
import { readWorkspaceKey } from './workspace-key.ts';

/** Characters of the answer. */
const SHOWN = 500;
/** Named when a prefix leads to several. */
const NAMED = 5;
/** `evt_` and one character: less is all events. */
const MIN_PREFIX = 5;

export function addReplay(program: Command, context: CommandContext): void {
  program
    .command('replay')
    .description(
      'send a stored event to a receiver on this machine, signed as SpotDraft would: exit code 0 for 2xx',
    )
    .argument('<event>', 'its id (evt_…), or the beginning of it')
    .requiredOption('--to <url>', 'a receiver on this machine, such as http://localhost:8080/webhooks')
    .action((event: string, { to }: { to: string }) => context.run(() => replay(context, event, to))());
}

async function replay(context: CommandContext, id: string, to: string): Promise<number> {
  const { terminal } = context;
  const target = await loopbackTarget(to);
  const config = context.loadConfig(false);
  const core = await openCore(config);
  try {
    const event = await findEvent(core, id);
    if (!event) {
      terminal.err(`envcheck: the log has no event ${id}; \`envcheck find\` takes any id and says more\n`);
      return exitCodes.negative;
    }
    if (event.payload.kind !== 'raw') {
      terminal.err(`envcheck: ${event.id} cannot be sent again: ${whyNotKept(event.payload, config)}\n`);
      return exitCodes.negative;
    }
    const environment = config.environments.find(({ name }) => name === event.environment);
    if (!environment) {
      terminal.err(
        `envcheck: ${event.id} is of ${event.environment}, which the config does not have any more\n`,
      );
      return exitCodes.negative;
    }
    const key = await readWorkspaceKey(core, environment, terminal);
    if (!key) return exitCodes.couldNotTell;
    const { bytes } = event.payload;
    const requestId = randomId('replay');
    const headers = {
      'content-type': 'application/json',
      'x-request-id': requestId,
      [SIGNATURE_HEADER]: sign(key, bytes),
    };
    const answer = await post(target, bytes, headers);
    const what = `${event.id} of ${environmentLabel(environment)}, ${bytes.length} bytes, as ${requestId}`;
    if ('failure' in answer) {
      terminal.err(`envcheck: no answer from ${target.url.host}: ${answer.failure}. Sent was ${what}\n`);
      return exitCodes.couldNotTell;
    }
    const { status, ms } = answer;
    terminal.out(`${status} in ${ms} ms from ${target.url.href}\n${what}\n${beginning(answer.text)}`);
    return status >= 200 && status < 300 ? exitCodes.ok : exitCodes.negative;
  } finally {
    await core.close();
  }
}

async function findEvent({ db }: Core, text: string) {
  const id = text.trim().toLowerCase();
  if (!id.startsWith('evt_') || id.length < MIN_PREFIX)
    throw new UsageError(
      `“${text}” is no event id: it begins with evt_; \`envcheck find\` leads to it from any other`,
    );
  const [event, ...others] = await eventsByPrefix(db, id, NAMED + 1);
  if (!event || others.length === 0) return event ?? null;
  const all = [event, ...others].map((each) => each.id);
  throw new UsageError(
    `several events begin with ${id}: ${all.slice(0, NAMED).join(', ')}${all.length > NAMED ? ' and more' : ''}`,
  );
}

function whyNotKept({ kind }: StoredPayload, { log }: Config): string {
  const kept =
    kind === 'none' ? 'nothing was kept of its payload' : 'only the allowed part of its payload was kept';
  const next =
    log.payloads === 'full'
      ? 'Events that arrive from now on can be'
      : `Set \`log.payloads: full\` (it is ${log.payloads}) and restart; events that arrive after that can be. The log then holds names and addresses of people`;
  return `${kept}. ${next}`;
}

function beginning(answer: string): string {
  const text = printable(answer);
  if (text === '') return '';
  return `\n${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}\n`;
}
