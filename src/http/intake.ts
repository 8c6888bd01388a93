import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config, Environment } from '../config/config.ts';
import type { Secret } from '../config/secret.ts';
import { ingestLines } from '../events/intake/ingest-lines.ts';
import { createLineReader, type LineKind } from '../events/intake/read-line.ts';
import { NotRecordedError, type Recorder } from '../events/log/recorder.ts';
import type { Clock } from '../time/clock.ts';
import { isSigned, type Misaddressed } from './misaddressed.ts';
import { answerLater, type EnvironmentRoute, identify, takeBodies } from './requests.ts';

export interface Intake {
  environments: readonly Environment[];
  payloads: Config['log']['payloads'];
  keepMs: number;
  recorder: Recorder;
  clock: Clock;
}

/** Size limit of a body. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** Memory limit of all bodies that are being read and stored. */
const MAX_BYTES_AT_ONCE = 48 * 1024 * 1024;
/** The same of one token. */
const MAX_TOKEN_BYTES = 32 * 1024 * 1024;
/** Refused lines, and lines at all, after which the rest of a body is not judged. A body of valid lines has fewer. */
const LIMITS = { refused: 5_000, lines: 100_000 };
const LIMIT_TEXT =
  'a body may have 5,000 refused lines and 100,000 lines; correct it and send all of it again, stored lines are not stored twice';
/** Refused lines listed in an answer. All are counted. */
const LISTED = 100;
const MEDIA_TYPES = ['application/x-ndjson', 'application/json', 'text/plain'];

/**
 * `POST /v1/<environment>/calls` and `/outcomes`: reports of the integration, one JSON object per line, on disk before the
 * answer. 200 lists refused lines with reasons; 400: all were refused, or the rest was not judged; 401: missing or wrong token; 404: no intake; 413 and
 * 415: unsuitable body; 429: too much with this token at once; 503: it cannot be stored now and should be sent again.
 */
export async function intakeRoutes(
  scope: FastifyInstance,
  intake: Intake,
  misaddressed: Misaddressed,
): Promise<void> {
  takeBodies(scope, MAX_BODY_BYTES);
  const byName = new Map(intake.environments.map((environment) => [environment.name, environment]));
  const bytesOf = new Map<string, number>();
  /** Ends of the newest work of each token. */
  const turns = new Map<string, Promise<unknown>>();
  const work = new WeakMap<object, Promise<unknown>>();
  /** Judges one body of a token after another, so that none takes the time of the others. */
  const takeInTurn = (
    request: FastifyRequest<EnvironmentRoute>,
    reply: FastifyReply,
    kind: LineKind,
  ): Promise<object> => {
    const { environment } = request.params;
    const taken = (turns.get(environment) ?? Promise.resolve()).then(() =>
      take(request, reply, kind, intake),
    );
    const ended = taken.catch(() => {});
    turns.set(environment, ended);
    work.set(request.raw, ended);
    return taken;
  };
  scope.addHook<EnvironmentRoute>('onRequest', async (request, reply) => {
    identify(request, reply);
    const refusal = refusalOf(request, byName.get(request.params.environment));
    if (refusal && isSigned(request)) await misaddressed.refuse('unknown_path', request, null);
    if (refusal?.status === 401) reply.header('www-authenticate', 'Bearer');
    if (refusal) return reply.code(refusal.status).send({ error: refusal.error, requestId: request.id });
    // A longer body is refused, however busy it is.
    const bytes = Math.min(Number(request.headers['content-length'] ?? MAX_BODY_BYTES), MAX_BODY_BYTES);
    const { environment } = request.params;
    const ofToken = bytesOf.get(environment) ?? 0;
    if (ofToken + bytes > MAX_TOKEN_BYTES)
      return answerLater(reply, 'too many reports with this token are being judged', 429);
    if ([...bytesOf.values()].reduce((sum, each) => sum + each, bytes) > MAX_BYTES_AT_ONCE)
      return answerLater(reply, 'too many reports are being received');
    bytesOf.set(environment, ofToken + bytes);
    // A body whose sender has left keeps its memory until it was judged.
    reply.raw.once('close', async () => {
      await work.get(request.raw);
      bytesOf.set(environment, (bytesOf.get(environment) ?? 0) - bytes);
    });
  });
  scope.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    if (error.statusCode !== 413) throw error;
    return reply.code(413).send({ error: 'the body is over 5 MiB; send it in parts', requestId: request.id });
  });
  for (const kind of ['calls', 'outcomes'] as const)
    scope.post<EnvironmentRoute>(`/v1/:environment/${kind}`, (request, reply) =>
      takeInTurn(request, reply, kind),
    );
}

function refusalOf(
  { headers }: FastifyRequest,
  environment: Environment | undefined,
): { status: number; error: string } | null {
  if (!environment) return { status: 404, error: 'no such environment' };
  if (!environment.intake)
    return {
      status: 404,
      error: `intake is not configured for ${environment.name}; set environments.${environment.name}.intake.token in the config`,
    };
  const token = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined)
    return { status: 401, error: 'the token is missing; send the header Authorization: Bearer <token>' };
  if (!isToken(environment.intake.token, token))
    return { status: 401, error: `the token is not valid for ${environment.name}` };
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && !MEDIA_TYPES.includes(type))
    return { status: 415, error: `the content type must be absent or one of ${MEDIA_TYPES.join(', ')}` };
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return { status: 415, error: 'content-encoding is not supported; send the body uncompressed' };
  return null;
}

/** Compares in constant time. Hashes have equal length. */
const isToken = (expected: Secret, given: string): boolean =>
  timingSafeEqual(sha256(expected.reveal()), sha256(given));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

async function take(
  request: FastifyRequest<EnvironmentRoute>,
  reply: FastifyReply,
  kind: LineKind,
  intake: Intake,
): Promise<object> {
  const { environment } = request.params;
  const read = createLineReader(kind, { ...intake, environment });
  try {
    const { accepted, duplicates, refusedCount, refused, unreadFrom } = await ingestLines(
      [request.body ?? Buffer.alloc(0)],
      {
        read,
        recorder: intake.recorder,
        clock: intake.clock,
        listed: LISTED,
        limits: LIMITS,
        onProgress: () => {},
      },
    );
    if (unreadFrom !== null || (refusedCount > 0 && accepted + duplicates === 0)) reply.code(400);
    return {
      ...(unreadFrom !== null && {
        error: `line ${unreadFrom} and those after it were not read: ${LIMIT_TEXT}`,
      }),
      accepted,
      duplicates,
      refused,
      refusedCount,
      judged: accepted + duplicates + refusedCount,
      unreadFrom,
      requestId: request.id,
    };
  } catch (error) {
    if (!(error instanceof NotRecordedError)) throw error;
    request.log.error({ err: error, environment, kind, requestId: request.id }, 'reports not stored');
    return answerLater(reply, 'the report could not be stored');
  }
}
