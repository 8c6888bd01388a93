import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { buildRecord } from '../approvals/record/build-record.ts';
import { type RecordFormat, signRecord, verifyRecord } from '../approvals/record/signed-record.ts';
import {
  fingerprintOf,
  newSigningKey,
  readSigningKey,
  type SigningKey,
} from '../approvals/record/signing-key.ts';
import type { Config, Environment } from '../config/config.ts';
import { Secret } from '../config/secret.ts';
import { VERSION } from '../config/version.ts';
import type { Core } from '../core.ts';
import type { Report } from '../readiness/report.ts';
import { verdictLabels } from '../readiness/status-text.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { newFile } from './new-file.ts';
import { ENVIRONMENT, FORCE_OPTION, JSON_OPTION } from './options.ts';
import { readInput } from './read-input.ts';
import { jsonText } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const VARIABLE = 'ENVCHECK_RECORD_KEY';
const NEW_KEY = 'npm run -s envcheck -- record key --new';

interface RecordOptions {
  format: string;
  out?: string;
  report?: string;
  force?: boolean;
}

export function addRecord(program: Command, context: CommandContext): void {
  const record = program
    .command('record')
    .description('write a signed record of one report of an environment')
    .argument(...ENVIRONMENT)
    .option('--format <format>', 'json or markdown', 'json')
    .option('--report <id>', 'the report (rpt_…); default: the newest')
    .option('--out <file>', 'write to this file; default: standard output')
    .option(...FORCE_OPTION)
    .action((name: string, options: RecordOptions) => context.run(() => writeRecord(context, name, options)));
  record
    .command('verify')
    .description(
      'verify that a record is unchanged, without network or config: exit code 0 signed by the expected key, 1 not, 2 unchanged, but no key to compare with',
    )
    .argument('<file>', 'the record, JSON or Markdown; - for standard input')
    .option(
      '--key <fingerprint>',
      `the fingerprint (SHA256:…) of the expected key; default: that of ${VARIABLE}`,
    )
    .option(...JSON_OPTION)
    .action((file: string, options: { key?: string; json?: boolean }) =>
      context.run(() => verify(context, file, options)),
    );
  record
    .command('key')
    .description('print the fingerprint of the key that signs records, or create a new key')
    .option('--new', 'create a key: the secret and its fingerprint')
    .option('--out <file>', 'with --new: write the secret to this file, which only its owner can read')
    .action((_own: object, command: Command) =>
      // `record` has an --out as well, and commander gives the value to that one.
      context.run(async () => key(context, command.optsWithGlobals<{ new?: boolean; out?: string }>())),
    );
}

async function writeRecord(
  context: CommandContext,
  name: string,
  { format, out, report: id, force = false }: RecordOptions,
): Promise<number> {
  if (format !== 'json' && format !== 'markdown')
    throw new UsageError(`--format “${format}” is not known; use json or markdown`);
  const { terminal, cwd } = context;
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const signingKey = configuredKey(context, config);
  if (!signingKey) return exitCodes.config;
  return context.withCore(config, async (core) => {
    const report = await reportOf(core, environment, id);
    if (!report) return noReport(context, environment);
    const record = await buildRecord(core.db, report, VERSION);
    const text = signRecord(record, format as RecordFormat, signingKey);
    if (out === undefined) terminal.out(text);
    else writeNewFile(out, text, { cwd, force, database: config.database });
    terminal.err(
      `Record of ${environmentLabel(environment)} at ${record.checkedAt} (${verdictLabels[report.verdict].word}, ${report.id}), signed by ${fingerprintOf(signingKey.publicKey)}${out === undefined ? '' : `, in ${out}`}\n`,
    );
    return exitCodes.ok;
  });
}

/** Returns null, after printing what to do, when there is no key or it is invalid. */
function configuredKey({ terminal }: CommandContext, { record }: Config): SigningKey | null {
  if (!record.key) {
    terminal.err(
      `envcheck: there is no key to sign with, so nothing was written. Create one with \`${NEW_KEY}\`, keep it like a password, and set it in ${VARIABLE} or as record.key in the config\n`,
    );
    return null;
  }
  const signingKey = readSigningKey(record.key);
  if (!signingKey)
    terminal.err(
      `envcheck: the key in ${VARIABLE} or record.key is not an Ed25519 private key in base64 (PKCS #8), so nothing was written. \`${NEW_KEY}\` creates one\n`,
    );
  return signingKey;
}

async function reportOf(
  core: Core,
  environment: Environment,
  id: string | undefined,
): Promise<Report | null> {
  if (id === undefined) return core.checker.newest(environment);
  const report = await core.checker.byId(id);
  if (report?.environment !== environment.name)
    throw new UsageError(
      report
        ? `${id} is a report of ${report.environment}, not of ${environment.name}`
        : `there is no report ${id}; every check ends with the id of its report`,
    );
  return report;
}

function noReport({ terminal }: CommandContext, environment: Environment): number {
  terminal.err(
    `envcheck: ${environmentLabel(environment)} was never checked, so there is nothing to record. Check it first: npm run -s envcheck -- check ${environment.name} --gate\n`,
  );
  return exitCodes.couldNotTell;
}

function writeNewFile(file: string, text: string, options: Parameters<typeof newFile>[1]): void {
  const target = newFile(file, options);
  try {
    writeFileSync(target.part, text);
    target.publish();
  } catch (error) {
    target.discard();
    throw error;
  }
}

async function verify(
  context: CommandContext,
  file: string,
  { key: expected, json }: { key?: string; json?: boolean },
): Promise<number> {
  const { terminal } = context;
  const fingerprint = expected === undefined ? ownFingerprint(context.env) : parseFingerprint(expected);
  const result = verifyRecord(await readInput(context, file));
  const matches =
    result.kind === 'intact' && fingerprint !== null ? result.fingerprint === fingerprint : null;
  if (json) {
    const { kind, ...rest } = result;
    terminal.out(
      jsonText({ intact: kind === 'intact', keyMatches: matches, expectedKey: fingerprint, ...rest }),
    );
  } else terminal.out(renderVerification(result, fingerprint, matches));
  if (result.kind === 'broken' || matches === false) return exitCodes.negative;
  return matches === null ? exitCodes.couldNotTell : exitCodes.ok;
}

function renderVerification(
  result: ReturnType<typeof verifyRecord>,
  expected: string | null,
  matches: boolean | null,
): string {
  if (result.kind === 'broken') return `❌ Changed after it was signed: ${result.why}.\n`;
  const { environment, production, verdict, checkedAt, report } = result.summary;
  const about = `${environmentLabel({ name: environment, production })}: ${verdictLabels[verdict].word}, as checked ${checkedAt} (${report})`;
  const lines = {
    true: `✅ Unchanged, and signed by the expected key ${result.fingerprint}`,
    false: `❌ Signed by another key: ${result.fingerprint}. Expected: ${expected}`,
    null: `❔ Unchanged, and signed by ${result.fingerprint}, which was not compared with any key. Next: pass the fingerprint you expect with --key`,
  };
  return `${lines[`${matches}`]}\n${about}\n`;
}

function ownFingerprint(env: NodeJS.ProcessEnv): string | null {
  const secret = env[VARIABLE];
  const signingKey = secret ? readSigningKey(new Secret(secret)) : null;
  return signingKey ? fingerprintOf(signingKey.publicKey) : null;
}

function parseFingerprint(text: string): string {
  const found = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text.trim())?.[1];
  if (!found)
    throw new UsageError(
      `--key “${text.slice(0, 80)}” is not a fingerprint: give SHA256: and 64 hex digits, as \`record key\` prints them`,
    );
  return `SHA256:${found.toLowerCase()}`;
}

function key(context: CommandContext, { new: create = false, out }: { new?: boolean; out?: string }): number {
  const { terminal, cwd } = context;
  if (!create) {
    if (out !== undefined) throw new UsageError('--out needs --new');
    const signingKey = configuredKey(context, context.loadConfig(false));
    if (!signingKey) return exitCodes.config;
    terminal.out(`${fingerprintOf(signingKey.publicKey)}\n`);
    return exitCodes.ok;
  }
  const { publicKey, secret } = newSigningKey();
  if (out === undefined) terminal.out(`${VARIABLE}=${secret}\n`);
  else writeNewFile(out, `${secret}\n`, { cwd, force: false, database: null });
  terminal.err(
    `${out === undefined ? 'The line above is the secret' : `The secret is in ${out}`}; everyone who has it can sign. Give this fingerprint to those who verify:\n${fingerprintOf(publicKey)}\n`,
  );
  return exitCodes.ok;
}
