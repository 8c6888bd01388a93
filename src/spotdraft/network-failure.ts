import { errors } from 'undici';

/** The reason why a request got no usable answer. */
export interface NetworkFailure {
  code: 'timeout' | 'network' | 'certificate' | 'too_large';
  /** Text for people. It names neither host nor path. */
  detail: string;
}

export interface RequestLimits {
  timeoutMs: number;
  connectTimeoutMs: number;
  maxBodyBytes: number;
}

/** Classifies an error of the HTTP client. Rethrows errors that are not the network's. */
export function networkFailure(error: unknown, limits: RequestLimits): NetworkFailure {
  if (error instanceof errors.ResponseExceededMaxSizeError)
    return { code: 'too_large', detail: `answer over ${limits.maxBodyBytes / 1024 / 1024} MiB` };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { code: 'timeout', detail: `no answer within ${limits.timeoutMs / 1000} s` };
  // The parser gives only some of its errors a code.
  if (error instanceof errors.HTTPParserError)
    return { code: 'network', detail: 'what answers does not speak HTTP' };
  const code = errorCode(error);
  // An error without a code is a bug in this program and must not look like a network failure.
  if (code === null) throw error;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return { code: 'timeout', detail: `no connection within ${limits.connectTimeoutMs / 1000} s` };
  if (certificateCode.test(code)) return { code: 'certificate', detail: code };
  return { code: 'network', detail: networkWords[code] ?? code };
}

/** OpenSSL's verification results, as in Node's `error.code`. */
const certificateCode =
  /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code;
}

const networkWords: Record<string, string> = {
  ENOTFOUND: 'the host name does not resolve (ENOTFOUND)',
  EAI_AGAIN: 'the host name could not be looked up (EAI_AGAIN)',
  ECONNREFUSED: 'connection refused (ECONNREFUSED)',
  ECONNRESET: 'connection reset (ECONNRESET)',
  UND_ERR_SOCKET: 'connection closed before the answer was complete',
  EPROTO: 'no TLS on the other side (EPROTO)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS on the other side (ERR_SSL_WRONG_VERSION_NUMBER)',
};
