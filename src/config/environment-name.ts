export const environmentNamePattern = /^[a-z][a-z0-9-]{0,30}$/;

/**
 * Words that mean something where an environment's name is expected (`/envcheck <word>`, `--since <word>`):
 * an environment of that name could never be asked for.
 */
export const reservedWords: ReadonlySet<string> = new Set([
  'accept',
  'all',
  'check',
  'checklist',
  'config',
  'diff',
  'digest',
  'doctor',
  'environments',
  'events',
  'find',
  'help',
  'history',
  'lookup',
  'now',
  'plan',
  'record',
  'report',
  'self',
  'share',
  'sign',
  'status',
  'subscribe',
  'subscriptions',
  'today',
  'trace',
  'unsubscribe',
  'version',
  'waive',
  'waivers',
  'webhooks',
  'yesterday',
]);
