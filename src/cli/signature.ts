import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { openCore } from '../core.ts';
import { sign, verifySignature } from '../spotdraft/webhook-signature.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { type SignOffOptions, signOff } from './sign-off.ts';
import { UsageError } from './usage-error.ts';
import { readWorkspaceKey } from './workspace-key.ts';

const FILE = 'the body exactly as it was sent, byte for byte; - for standard input';

export function addSignature(program: Command, context: CommandContext): void {
  program
    .command('sign')
    .description(
      "sign a checklist item off: sign prod runbook. Or sign a webhook body with a workspace's key, as SpotDraft would: sign body.json --env prod",
    )
    .argument('<environment or file>', `the environment, or ${FILE}`)
    .argument('[sign-off]', 'the id of the checklist item in the config')
    .option('--note <text>', 'what was looked at; the reason of a refusal')
    .option('--evidence <url>', 'a link to the proof')
    .option('--as <name>', "who signs, where that is not the operating system's user; both are written down")
    .option('--refuse', 'say no instead, with the reason in --note: ends what others signed')
    .option('--withdraw', 'take back what you said last')
    .option('--json', 'print one JSON object and nothing else')
    .option('--env <environment>', 'of a webhook body: whose key')
    .action((what: string, id: string | undefined, options: SignOffOptions & { env?: string }) =>
      context.run(() =>
        id === undefined ? signBody(context, what, options.env) : signOff(context, what, id, options),
      )(),
    );
  program
    .command('verify')
    .description('check the signature of a webhook body: exit code 0 right, 1 wrong')
    .argument('<file>', FILE)
    .requiredOption('--env <environment>', 'whose key')
    .requiredOption('--signature <hex>', 'the header X-SD-WEBHOOK-CONTENT-HASH')
    .action((file: string, { env, signature }: { env: string; signature: string }) =>
      context.run(() =>
        withKey(context, env, (key, label) => {
          const body = readBody(file);
          const right = verifySignature(key, body, signature);
          context.terminal.out(
            right
              ? `The signature is that of ${label} for these ${body.length} bytes.\n`
              : `The signature is not that of ${label} for these ${body.length} bytes.${hint(signature)}\n`,
          );
          return right ? exitCodes.ok : exitCodes.negative;
        }),
      )(),
    );
}

function signBody(context: CommandContext, file: string, env: string | undefined): Promise<number> {
  if (env === undefined)
    throw new UsageError(
      'what is to be signed? A checklist item: sign <environment> <sign-off>. A webhook body: sign <file> --env <environment>',
    );
  return withKey(context, env, (key) => {
    context.terminal.out(`${sign(key, readBody(file))}\n`);
    return exitCodes.ok;
  });
}

function hint(signature: string): string {
  if (/^[\dA-F]{128}$/.test(signature)) return ' It is in capital letters; SpotDraft sends lower case.';
  if (!/^[\da-f]{128}$/.test(signature)) return ' It is not 128 hex characters long, as SHA-512 is.';
  return ' Compare the bytes: a body that was parsed and written again, or a line break at the end, has another signature.';
}

/** The key is read over the API, used, and kept nowhere. */
async function withKey(
  context: CommandContext,
  name: string,
  use: (key: Buffer, label: string) => number,
): Promise<number> {
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const key = await readWorkspaceKey(core, environment, context.terminal);
    return key ? use(key, environmentLabel(environment)) : exitCodes.couldNotTell;
  } finally {
    await core.close();
  }
}

function readBody(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
