/** One response, complete before sending. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export const noContent: Answer = { status: 204, headers: {}, body: '' };

/**
 * The documented error body. Give `code` only when SpotDraft documents one: code could start to depend on an invented
 * one.
 */
export function errorAnswer(status: number, detail: string, code?: string): Answer {
  return json(status, { detail, status_code: status, ...(code ? { code } : {}), message: detail });
}

export function redirect(status: number, location: string): Answer {
  return { status, headers: { location, 'content-type': 'text/html; charset=utf-8' }, body: '' };
}

export function htmlPage(status: number, title: string, sentence: string): Answer {
  const body = `<!doctype html>\n<html lang="en">\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1><p>${sentence}</p>\n</body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** Thrown inside a handler to answer with an error. */
export class ApiError extends Error {
  readonly answer: Answer;

  constructor(status: number, detail: string, code?: string) {
    super(detail);
    this.answer = errorAnswer(status, detail, code);
  }
}

/** Parses the request's JSON object. @throws ApiError 400 */
export function parseObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new ApiError(400, 'The request body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ApiError(400, 'The request body is not a JSON object.');
  return value as Record<string, unknown>;
}
