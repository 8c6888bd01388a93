/** What was typed cannot be carried out; the message says what can. */
export class UsageError extends Error {}
