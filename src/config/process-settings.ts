import { isIP } from 'node:net';
import { isStandIn } from '../text/placeholder.ts';
import type { LogLevel, SlackSettings } from './config.ts';
import { databasePathOf, isDatabasePath } from './fields.ts';
import { didYouMean, type Problem, showValue } from './problem.ts';
import { Secret } from './secret.ts';
import { valueKinds } from './value-kinds.ts';

/** Settings from environment variables, except for the secrets that the file refers to. */
export interface ProcessSettings {
  slack: SlackSettings | null;
  http: { host: string; port: number };
  logLevel: LogLevel;
  /** ENVCHECK_RECORD_KEY. `record.key` in the file takes precedence. */
  recordKey: Secret | null;
  /** The path without a scheme; null: the file decides. */
  database: string | null;
  problems: Problem[];
}

const logLevels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads the variables. An empty variable counts as absent, because compose files and `.env` files often contain some. */
export function readProcessSettings(env: NodeJS.ProcessEnv, needsSlack: boolean): ProcessSettings {
  const problems: Problem[] = [];
  const read = <T>(variable: string, fallback: T, parse: (text: string) => T | Complaint): T => {
    const text = env[variable];
    if (text === undefined || text === '') return fallback;
    const result = parse(text);
    if (!(result instanceof Complaint)) return result;
    problems.push(variableProblem(variable, 'is not allowed', text, result));
    return fallback;
  };
  return {
    slack: needsSlack ? slackSettings(env, problems, read) : null,
    http: { host: read('HOST', '0.0.0.0', parseHost), port: read('PORT', 3000, parsePort) },
    logLevel: read<LogLevel>('LOG_LEVEL', 'info', parseLogLevel),
    recordKey: read<Secret | null>('ENVCHECK_RECORD_KEY', null, parseRecordKey),
    database: read<string | null>('DATABASE_URL', null, parseDatabase),
    problems,
  };
}

type Read = <T>(variable: string, fallback: T, parse: (text: string) => T | Complaint) => T;

class Complaint {
  readonly allowed: string;
  readonly remedy: string;
  constructor(allowed: string, remedy: string) {
    this.allowed = allowed;
    this.remedy = remedy;
  }
}

function slackSettings(env: NodeJS.ProcessEnv, problems: Problem[], read: Read): SlackSettings | null {
  const missing = (variable: string, allowed: string, remedy: string): void => {
    problems.push(variableProblem(variable, 'is missing', undefined, new Complaint(allowed, remedy)));
  };
  const apiUrl = read('SLACK_API_URL', 'https://slack.com/api/', parseSlackApiUrl);
  const botToken = read<Secret | null>('SLACK_BOT_TOKEN', null, parseToken(tokens.bot));
  const appToken = read<Secret | null>('SLACK_APP_TOKEN', null, parseToken(tokens.app));
  const signingSecret = read<Secret | null>('SLACK_SIGNING_SECRET', null, parseSigningSecret);
  if (!env.SLACK_BOT_TOKEN) missing('SLACK_BOT_TOKEN', tokens.bot.allowed, tokens.bot.remedy);
  if (!env.SLACK_APP_TOKEN && !env.SLACK_SIGNING_SECRET) {
    const allowed = `${tokens.app.allowed}, for Socket Mode; or SLACK_SIGNING_SECRET, for HTTP mode`;
    missing('SLACK_APP_TOKEN', allowed, tokens.app.remedy);
  }
  if (botToken === null) return null;
  // When both are given, Socket Mode is used, because it needs no address that Slack can reach.
  if (appToken !== null) return { botToken, apiUrl, mode: { kind: 'socket', appToken } };
  return signingSecret === null ? null : { botToken, apiUrl, mode: { kind: 'http', signingSecret } };
}

interface TokenKind {
  prefix: string;
  allowed: string;
  remedy: string;
}

const tokens: Record<'bot' | 'app', TokenKind> = {
  bot: {
    prefix: 'xoxb-',
    allowed: "the app's bot token, starting with xoxb-",
    remedy: 'copy it from api.slack.com/apps: OAuth & Permissions',
  },
  app: {
    prefix: 'xapp-',
    allowed: 'an app-level token with the scope connections:write, starting with xapp-',
    remedy: 'create one at api.slack.com/apps: Basic Information, App-Level Tokens',
  },
};

const parseToken =
  ({ prefix, allowed, remedy }: TokenKind) =>
  (text: string): Secret | Complaint => {
    if (text.startsWith(prefix) && /^[\w-]+$/.test(text.slice(prefix.length)) && !isStandIn(text))
      return new Secret(text);
    const swapped = Object.values(tokens).some(
      (kind) => kind.prefix !== prefix && text.startsWith(kind.prefix),
    );
    return new Complaint(allowed, swapped ? 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN look swapped' : remedy);
  };

function parseSigningSecret(text: string): Secret | Complaint {
  if (/^[\x21-\x7e]+$/.test(text) && !/^x(?:oxb|app)-/.test(text) && !isStandIn(text))
    return new Secret(text);
  return new Complaint(
    "the app's signing secret, without blanks",
    'copy it from api.slack.com/apps: Basic Information, App Credentials',
  );
}

/** Checks the characters only. `readSigningKey` checks that it is a key. */
function parseRecordKey(text: string): Secret | Complaint {
  if (/^[A-Za-z0-9+/]{20,}={0,2}$/.test(text) && !isStandIn(text)) return new Secret(text);
  return new Complaint(
    'an Ed25519 key in one line of base64',
    'create one: npm run -s envcheck -- record key --new',
  );
}

function parseSlackApiUrl(text: string): string | Complaint {
  if (/^https?:\/\/[^\s/][^\s?#]*$/i.test(text) && URL.canParse(text))
    return text.endsWith('/') ? text : `${text}/`;
  return new Complaint(
    'an http:// or https:// URL without query and fragment',
    "remove the variable to use Slack's own, https://slack.com/api/",
  );
}

function parsePort(text: string): number | Complaint {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  return new Complaint(
    'a whole number from 0 to 65535 (0: any free port)',
    'remove the variable to use 3000',
  );
}

function parseHost(text: string): string | Complaint {
  if (isIP(text) !== 0 || /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) return text;
  return new Complaint(
    'an IP address or a host name of this machine, without scheme and port',
    'use 0.0.0.0 for every interface or 127.0.0.1 for this machine only',
  );
}

function parseLogLevel(text: string): LogLevel | Complaint {
  const level = logLevels.find((known) => known === text);
  if (level) return level;
  const meant = didYouMean(text, logLevels);
  return new Complaint(logLevels.join(', '), meant === null ? 'use one of these' : `did you mean ${meant}?`);
}

const parseDatabase = (text: string): string | Complaint =>
  isDatabasePath(text)
    ? databasePathOf(text)
    : new Complaint(valueKinds.database.allowed, valueKinds.database.remedy);

function variableProblem(
  variable: string,
  wrong: string,
  value: unknown,
  { allowed, remedy }: Complaint,
): Problem {
  return { place: variable, path: variable, wrong, value: showValue(value, [variable]), allowed, remedy };
}
