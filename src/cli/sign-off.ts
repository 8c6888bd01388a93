import { actOnSignOff } from '../approvals/sign-offs/act-on-sign-off.ts';
import type { ActResult } from '../text/act-result.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { jsonText } from './terminal.ts';
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

/** `sign ENVIRONMENT ID`: signs a checklist item off, refuses it, or withdraws an earlier decision. */
export async function signOff(
  context: CommandContext,
  name: string,
  id: string,
  options: SignOffOptions,
): Promise<number> {
  if (options.withdraw && options.refuse) throw new UsageError('give --withdraw or --refuse, not both');
  const person = options.as?.trim();
  if (person === '') throw new UsageError('--as is empty: give the name of the person who signs');
  return withEnvironment(context, name, async (core, environment, config) => {
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
      { actor: by, personName: person ?? by.slice('cli:'.length), person: person ?? null },
    );
    context.terminal.out(
      options.json
        ? jsonText(resultJson(environment.name, id, result))
        : render(result, context.terminal.width),
    );
    return result.kind === 'done' ? exitCodes.ok : exitCodes.negative;
  });
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
