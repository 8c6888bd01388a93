import { createLogger } from '@stoplight/prism-core';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer } from '@stoplight/prism-http-server';
import { onTestFinished } from 'vitest';
import { openApiDocument } from '../openapi.ts';

export interface Prism {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Requests and answers that do not fit the document, one sentence each. */
  violations: string[];
}

/** Parsed once for all tests of a worker. */
let operations: ReturnType<typeof getHttpOperationsFromSpec> | undefined;

/**
 * A server made from SpotDraft's API document by Prism: with `upstream` a proxy that validates both directions, else a mock.
 * A mock answers with the document's examples, or at random when the request's header `prefer` says `dynamic=true`.
 */
export async function startPrism(upstream: string | null): Promise<Prism> {
  operations ??= getHttpOperationsFromSpec(openApiDocument());
  const violations: string[] = [];
  const logger = createLogger(
    'prism',
    { level: 'warn' },
    {
      write(line: string) {
        violations.push(String(JSON.parse(line).msg));
      },
    },
  );
  const common = {
    checkSecurity: true,
    validateRequest: true,
    errors: false,
    mock: { dynamic: false },
    upstreamProxy: undefined,
  };
  const server = createServer(await operations, {
    components: { logger },
    cors: false,
    config:
      upstream === null
        ? { ...common, isProxy: false, validateResponse: false }
        : { ...common, isProxy: true, validateResponse: true, upstream: new URL(upstream) },
  });
  const url = await server.listen(0, '127.0.0.1');
  onTestFinished(() => server.close());
  return { url, violations };
}
