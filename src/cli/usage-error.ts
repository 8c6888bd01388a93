/** The command cannot be run as typed. The message says what is allowed. */
export class UsageError extends Error {}
