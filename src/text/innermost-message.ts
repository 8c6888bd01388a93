/** Message of the innermost cause: HTTP clients say "fetch failed" and keep the reason in `cause`. */
export function innermostMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return innermostMessage(error.cause);
  // A failed connection to several addresses of a host has one error per address and no message.
  if (error instanceof AggregateError && error.errors.length > 0) return innermostMessage(error.errors[0]);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
