import type { Command } from 'commander';
import { sign, verifySignature } from '../spotdraft/webhook-signature.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { JSON_OPTION } from './options.ts';
import { readInput } from './read-input.ts';
import { type SignOffOptions, signOff } from './sign-off.ts';
import { UsageError } from './usage-error.ts';
import { readWorkspaceKey } from './workspace-key.ts';

const FILE = 'the body, byte for byte as it was sent; - for standard input';

export function addSignature(program: Command, context: CommandContext): void {
  program
    .command('sign')
    .description(
      "sign off a checklist item (sign prod runbook), or sign a webhook body with a workspace's key, as SpotDraft does (sign body.json --env prod)",
    )
    .argument('<environment or file>', `the environment, or ${FILE}`)
    .argument('[sign-off]', 'the id of the checklist item in the config')
    .option('--note <text>', 'what was checked, or the reason for a refusal')
    .option('--evidence <url>', 'a link to the proof')
    .option('--as <name>', "the person who signs, if not the operating system's user; both are recorded")
    .option('--refuse', 'refuse instead, with the reason in --note; this ends earlier signatures')
    .option('--withdraw', 'withdraw your last decision')
    .option(...JSON_OPTION)
    .option('--env <environment>', 'for a webhook body: the environment whose key signs')
    .action((what: string, id: string | undefined, options: SignOffOptions & { env?: string }) =>
      context.run(() =>
        id === undefined ? signBody(context, what, options.env) : signOff(context, what, id, options),
      ),
    );
  program
    .command('verify')
    .description('verify the signature of a webhook body: exit code 0 valid, 1 invalid')
    .argument('<file>', FILE)
    .requiredOption('--env <environment>', 'the environment whose key signed')
    .requiredOption('--signature <hex>', 'the value of the header X-SD-WEBHOOK-CONTENT-HASH')
    .action((file: string, { env, signature }: { env: string; signature: string }) =>
      context.run(() =>
        withKey(context, env, async (key, label) => {
          const body = await readInput(context, file);
          const isValid = verifySignature(key, body, signature);
          context.terminal.out(
            isValid
              ? `Valid: ${label} signed these ${body.length} bytes.\n`
              : `Invalid: this is not the signature of ${label} for these ${body.length} bytes.${hint(signature)}\n`,
          );
          return isValid ? exitCodes.ok : exitCodes.negative;
        }),
      ),
    );
}

function signBody(context: CommandContext, file: string, env: string | undefined): Promise<number> {
  if (env === undefined)
    throw new UsageError(
      'name what to sign. A checklist item: sign <environment> <sign-off>. A webhook body: sign <file> --env <environment>',
    );
  return withKey(context, env, async (key) => {
    context.terminal.out(`${sign(key, await readInput(context, file))}\n`);
    return exitCodes.ok;
  });
}

function hint(signature: string): string {
  if (/^[\dA-F]{128}$/.test(signature)) return ' It is in capital letters; SpotDraft sends lower case.';
  if (!/^[\da-f]{128}$/.test(signature))
    return ' A SHA-512 signature has 128 hex characters; this one does not.';
  return ' Compare the bytes: parsing and writing the body again, or adding a line break, changes the signature.';
}

const withKey = (
  context: CommandContext,
  name: string,
  use: (key: Buffer, label: string) => Promise<number>,
): Promise<number> =>
  withEnvironment(context, name, async (core, environment) => {
    const key = await readWorkspaceKey(core, environment, context.terminal);
    return key ? use(key, environmentLabel(environment)) : exitCodes.couldNotTell;
  });
