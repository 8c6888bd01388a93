import { readFileSync, writeFileSync } from 'node:fs';
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
import { type Core, openCore } from '../core.ts';
import type { Report } from '../readiness/report.ts';
import { verdictLabels } from '../readiness/status-text.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { newFile } from './new-file.ts';
import { UsageError } from './usage-error.ts';

const VARIABLE = 'ENVCHECK_RECORD_KEY';
const MAKE_ONE = 'npm run -s envcheck -- record key --new';

interface RecordOptions {
  format: string;
  out?: string;
  report?: string;
  force?: boolean;
}

export function addRecord(program: Command, context: CommandContext): void {
  const record = program
    .command('record')
    .description('a signed record of an environment as it was at one report, for keeping')
    .argument('<environment>', 'its name in the config')
    .option('--format <format>', 'json or markdown', 'json')
    .option('--report <id>', 'of this report (rpt_…); default: the newest')
    .option('--out <file>', 'write it there; default: standard output')
    .option('--force', 'replace the file')
    .action((name: string, options: RecordOptions) =>
      context.run(() => writeRecord(context, name, options))(),
    );
  record
    .command('verify')
    .description(
      'whether a record is as it was signed, without network or configuration: exit code 0 yes and by that key, 1 no, 2 intact but whose key it is was not told',
    )
    .argument('<file>', 'the record, JSON or Markdown; - for standard input')
    .option(
      '--key <fingerprint>',
      `the fingerprint (SHA256:…) it must be signed by; default: that of ${VARIABLE}`,
    )
    .option('--json', 'print one JSON object and nothing else')
    .action((file: string, options: { key?: string; json?: boolean }) =>
      context.run(async () => verify(context, file, options))(),
    );
  record
    .command('key')
    .description('the fingerprint of the key that records are signed with; with --new, a new key')
    .option('--new', 'make one: the secret and its fingerprint')
    .option('--out <file>', 'with --new: the secret goes into this file, and only its owner can read it')
    .action((_own: object, command: Command) =>
      // `record` has an --out as well, and takes it.
      context.run(async () => key(context, command.optsWithGlobals<{ new?: boolean; out?: string }>()))(),
    );
}

async function writeRecord(
  context: CommandContext,
  name: string,
  { format, out, report: id, force = false }: RecordOptions,
): Promise<number> {
  if (format !== 'json' && format !== 'markdown')
    throw new UsageError(`--format “${format}” is not known; give json or markdown`);
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const signingKey = configuredKey(context, config);
  if (!signingKey) return exitCodes.config;
  const core = await openCore(config);
  try {
    const report = await reportOf(core, environment, id);
    if (!report) return noReport(context, environment);
    const record = await buildRecord(core.db, report, VERSION);
    const text = signRecord(record, format as RecordFormat, signingKey);
    if (out === undefined) context.terminal.out(text);
    else write(out, text, force, config.database);
    context.terminal.err(
      `Record of ${environmentLabel(environment)} at ${record.checkedAt} (${verdictLabels[report.verdict].word}, ${report.id}), signed by ${fingerprintOf(signingKey.publicKey)}${out === undefined ? '' : `, in ${out}`}\n`,
    );
    return exitCodes.ok;
  } finally {
    await core.close();
  }
}

/** Null, with what to do said: there is none, or it is no key. */
function configuredKey({ terminal }: CommandContext, { record }: Config): SigningKey | null {
  if (!record.key) {
    terminal.err(
      `envcheck: there is no key to sign with, so nothing was written. Make one with \`${MAKE_ONE}\`, keep it like a password, and give it in ${VARIABLE} or as record.key in the config\n`,
    );
    return null;
  }
  const signingKey = readSigningKey(record.key);
  if (!signingKey)
    terminal.err(
      `envcheck: the key in ${VARIABLE} or record.key is no Ed25519 private key in base64 (PKCS #8), so nothing was written. \`${MAKE_ONE}\` makes one\n`,
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
        : `there is no report ${id}; a check prints the id of its own at the end`,
    );
  return report;
}

function noReport({ terminal }: CommandContext, environment: Environment): number {
  terminal.err(
    `envcheck: ${environmentLabel(environment)} was never checked, so there is nothing to record. Check it first: npm run -s envcheck -- check ${environment.name} --gate\n`,
  );
  return exitCodes.couldNotTell;
}

function write(file: string, text: string, force: boolean, database: string): void {
  const target = newFile(file, force, database);
  try {
    writeFileSync(target.part, text);
    target.publish();
  } catch (error) {
    target.discard();
    throw error;
  }
}

function verify(
  { terminal, env }: CommandContext,
  file: string,
  { key: wanted, json }: { key?: string; json?: boolean },
): number {
  const fingerprint = wanted === undefined ? ownFingerprint(env) : parseFingerprint(wanted);
  const result = verifyRecord(readRecord(file));
  const matches =
    result.kind === 'intact' && fingerprint !== null ? result.fingerprint === fingerprint : null;
  if (json) {
    const { kind, ...rest } = result;
    terminal.out(
      `${JSON.stringify({ intact: kind === 'intact', keyMatches: matches, expectedKey: fingerprint, ...rest }, null, 2)}\n`,
    );
  } else terminal.out(verdictOfRecord(result, fingerprint, matches));
  if (result.kind === 'broken' || matches === false) return exitCodes.negative;
  return matches === null ? exitCodes.couldNotTell : exitCodes.ok;
}

function verdictOfRecord(
  result: ReturnType<typeof verifyRecord>,
  wanted: string | null,
  matches: boolean | null,
): string {
  if (result.kind === 'broken') return `❌ Not as it was signed: ${result.why}.\n`;
  const { environment, production, verdict, checkedAt, report } = result.summary;
  const about = `${environmentLabel({ name: environment, production })}: ${verdictLabels[verdict].word}, as checked ${checkedAt} (${report})`;
  const lines = {
    true: `✅ As it was signed, by the key ${result.fingerprint}`,
    false: `❌ Signed by another key: ${result.fingerprint}, wanted is ${wanted}`,
    null: `❔ As it was signed by ${result.fingerprint}; whose key that is was not compared. Next: give the fingerprint that you know with --key`,
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
      `--key “${text.slice(0, 80)}” is no fingerprint; it is SHA256: and 64 hex digits, as \`record key\` prints it`,
    );
  return `SHA256:${found.toLowerCase()}`;
}

function readRecord(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function key(context: CommandContext, { new: make = false, out }: { new?: boolean; out?: string }): number {
  const { terminal } = context;
  if (!make) {
    if (out !== undefined) throw new UsageError('--out belongs to --new');
    const signingKey = configuredKey(context, context.loadConfig(false));
    if (!signingKey) return exitCodes.config;
    terminal.out(`${fingerprintOf(signingKey.publicKey)}\n`);
    return exitCodes.ok;
  }
  const made = newSigningKey();
  const fingerprint = fingerprintOf(made.publicKey);
  if (out === undefined) terminal.out(`${VARIABLE}=${made.secret}\n`);
  else write(out, `${made.secret}\n`, false, '');
  terminal.err(
    `${out === undefined ? 'The line above is the secret: whoever has it can sign.' : `The secret is in ${out}; whoever has it can sign.`} Give this to those who verify:\n${fingerprint}\n`,
  );
  return exitCodes.ok;
}
