import * as z from 'zod';
import { contractInPath } from '../../spotdraft/contract-id.ts';
import type { ReportedCall } from '../../store/reported.ts';
import { derivedId } from '../../text/ids.ts';
import { code, contractId, type IntakeRules, id, integer, keyword, recentTime, requestId } from './fields.ts';
import { invalidValue } from './invalid-value.ts';
import { redactedPath } from './redacted-path.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const PATH = 'a path that begins with /, or a complete http(s) URL, of at most 2000 characters';
const HOST = 'the host that was called, such as api.us.spotdraft.com, with a port if it is not 443';
const DURATION = 'a number of milliseconds from 0 to 86400000';

/** Schema of a line that reports one request of the integration to SpotDraft. */
export const callSchema = (rules: IntakeRules) =>
  z.strictObject({
    id: id(rules),
    at: recentTime(rules),
    method: keyword(methods, (text) => text.toUpperCase()),
    path: z
      .string({ error: invalidValue(PATH) })
      .regex(/^(?:\/|https?:\/\/[^/?#])[\p{L}\p{M}\p{N}\p{P}\p{S}]*$/iu, { error: invalidValue(PATH) })
      .max(2000, { error: invalidValue(PATH) }),
    host: z
      .string({ error: invalidValue(HOST) })
      .regex(/^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?$/i, { error: invalidValue(HOST) })
      .nullish(),
    // A missing status is not null: "no answer" has to be stated.
    status: integer(100, 599, 'a status from 100 to 599, or null when no answer came').nullable(),
    requestId: requestId(rules),
    retries: integer(0, 1000).nullish(),
    durationMs: z
      .number({ error: invalidValue(DURATION) })
      .min(0, { error: invalidValue(DURATION) })
      .max(86_400_000, { error: invalidValue(DURATION) })
      .nullish(),
    contractId: contractId().nullish(),
    externalId: id(rules).nullish(),
    code: code().nullish(),
  });

export type CallLine = z.output<ReturnType<typeof callSchema>>;

/** Derives the id from the reporter's own id, so that a repeated report is not stored twice. */
export const toCall = (line: CallLine, { environment, payloads }: IntakeRules): ReportedCall => ({
  call_id: derivedId('call', environment, 'own', line.id),
  environment,
  at: line.at,
  method: line.method,
  path: redactedPath(line.path, payloads),
  status: line.status,
  attempts: (line.retries ?? 0) + 1,
  duration_ms: Math.round(line.durationMs ?? 0),
  failure: line.code ?? null,
  reporter: 'integration',
  own_id: line.id,
  request_id: line.requestId ?? null,
  external_id: line.externalId ?? null,
  ...contractOf(line),
  // A complete URL also says when the call was not encrypted.
  host: hostOf(line.path) ?? line.host?.toLowerCase().replace(/:443$/, '') ?? null,
  retries_stated: flag((line.retries ?? null) !== null),
});

/** The contract that the line gives, with another one in the path; without one, the contract in the path. */
function contractOf({
  contractId,
  path,
}: Pick<CallLine, 'contractId' | 'path'>): Pick<
  ReportedCall,
  'contract_id' | 'contract_id_exact' | 'path_contract_id'
> {
  const named = contractInPath(path);
  if (!contractId)
    return { contract_id: named, contract_id_exact: named === null ? null : 0, path_contract_id: null };
  return {
    contract_id: contractId.id,
    contract_id_exact: flag(contractId.isExact),
    path_contract_id: named === contractId.id ? null : named,
  };
}

const flag = (is: boolean): 0 | 1 => (is ? 1 : 0);

/** The reason when `host` is not the host of the complete URL in `path`; null otherwise. Neither is shown: it may be anything. */
export function otherHost({ host, path }: Record<string, unknown>): string | null {
  if (typeof host !== 'string' || typeof path !== 'string') return null;
  const inPath = hostOf(path);
  if (inPath === null) return null;
  const scheme = inPath.startsWith('http://') ? 'http' : 'https';
  return hostOf(`${scheme}://${host}`) === inPath
    ? null
    : 'host differs from the host of the URL in path; it must be the host that was called, or be left out';
}

/** The host of a complete URL, without a login; null for a path alone. */
function hostOf(path: string): string | null {
  if (!/^https?:/i.test(path) || !URL.canParse(path)) return null;
  const { protocol, host: written } = new URL(path);
  const host = written.replace(/\.(?=:|$)/, '');
  return protocol === 'https:' ? host : `http://${host}`;
}
