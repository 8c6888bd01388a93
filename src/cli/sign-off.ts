import { actOnSignOff } from '../approvals/sign-offs/act-on-sign-off.ts';
import { openCore } from '../core.ts';
import type { ActResult } from '../text/act-result.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { UsageError } from './usage-error.ts';
import { hangingIndent } from './wrap.ts';

export interface SignOffOptions {
  note?: string;
  evidence?: string;
  as?: string;
  withdraw?: boolean;
  refuse?: boolean;
  json?: boolean;
}

/** `sign ENVIRONMENT ID`: a person signs a checklist item off, refuses it, or takes back what they said. */
export async function signOff(
  context: CommandContext,
  name: string,
  id: string,
  options: SignOffOptions,
): Promise<number> {
  if (options.withdraw && options.refuse)
    throw new UsageError('--withdraw and --refuse are two different things; give one of them');
  const person = options.as?.trim();
  if (person === '') throw new UsageError('--as needs a name: who is it that signs?');
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const by = actor();
    const result = await actOnSignOff(
      { ...core, config },
      environment,
      {
        act: options.withdraw ? 'withdraw' : options.refuse ? 'refuse' : 'sign',
        signOff: id,
        note: options.note ?? '',
        link: options.evidence ?? '',
        seen: null,
        seenComplete: null,
      },
      { actor: by, name: person ?? by.slice('cli:'.length), person: person ?? null },
    );
    context.terminal.out(
      options.json
        ? `${JSON.stringify(resultJson(environment.name, id, result), null, 2)}\n`
        : render(result, context.terminal.width),
    );
    return result.kind === 'done' ? exitCodes.ok : exitCodes.negative;
  } finally {
    await core.close();
  }
}

const resultJson = (environment: string, id: string, { kind, summary, remedy, auditId }: ActResult) => ({
  environment,
  signOff: id,
  result: kind,
  summary,
  remedy,
  audit: auditId,
});

const render = ({ kind, summary, remedy, auditId }: ActResult, width: number): string =>
  [
    hangingIndent(kind === 'done' ? '✅ ' : '❌ ', summary, width),
    ...(remedy ? [hangingIndent('Next: ', remedy, width)] : []),
    ...(auditId ? [auditId] : []),
    '',
  ].join('\n');
