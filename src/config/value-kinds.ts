/**
 * The rule and the next step for each kind of value in the file and the environment variables. A schema has the name of
 * its kind in place of zod's message, so that no text of zod reaches people.
 */
export const valueKinds = {
  name: { allowed: 'a name: text that is not empty', remedy: 'write the name as SpotDraft shows it' },
  text: { allowed: 'text that is not empty', remedy: 'write text, in quotes if it looks like a number' },
  header: {
    allowed: 'the name of an HTTP header, such as X-Event-Id',
    remedy: 'write the name of the header only, without a colon or a value',
  },
  pointer: {
    allowed: 'a JSON pointer into the body, starting with /, such as /meta/event_id',
    remedy: 'write the path to the field with a / before each step',
  },
  eventId: {
    allowed: 'either { header: X-Event-Id } or { field: /meta/event_id }',
    remedy: 'keep one of the two, or remove eventId to identify events by their content',
  },
  boolean: { allowed: 'true or false', remedy: 'write true or false, without quotes' },
  duration: {
    allowed: 'a whole number from 1 to 99999 and a unit: m (minutes), h (hours) or d (days)',
    remedy: 'write it like 30m, 72h or 90d',
  },
  url: {
    allowed: 'a complete http:// or https:// URL',
    remedy: 'write the complete URL, beginning with https://',
  },
  publicUrl: {
    allowed: 'an http:// or https:// URL without query and fragment',
    remedy: 'write the URL of this server on the internet, like https://envcheck.example.com',
  },
  email: { allowed: 'an email address', remedy: "write the member's address, like someone@example.com" },
  date: { allowed: 'a calendar date as YYYY-MM-DD', remedy: 'write it like 2027-03-31' },
  maintenanceTime: {
    allowed:
      'a date and time with a zone, such as 2026-12-05T20:00Z or 2026-12-05T21:00+01:00; in a window with days a time of day, such as 22:00',
    remedy: 'write it in quotes: "22:00" in a window with days, else "2026-12-05T20:00Z"',
  },
  cron: {
    allowed: 'five cron fields (minute, hour, day of month, month, day of week) that match some date',
    remedy: 'write it in quotes, like "0 9 * * 1-5" for 9:00 from Monday to Friday',
  },
  timezone: {
    allowed: 'an IANA time zone, such as Europe/Berlin, or UTC',
    remedy: 'write it as Region/City',
  },
  channel: {
    allowed: 'the id of a Slack channel: C, G or D, then at least five capital letters or digits',
    remedy: 'open the channel in Slack, click its name and copy the id at the bottom of the window',
  },
  slackUser: {
    allowed: 'the id of a Slack member: U or W, then capital letters or digits',
    remedy: "copy it from the member's profile in Slack (… menu, Copy member ID)",
  },
  readers: {
    allowed: 'members, everybody, or { users: [U…], groups: [S…] }',
    remedy: 'leave it out for the members of the workspace, without guests',
  },
  peopleMap: {
    allowed: 'names, each with slack or os or both, such as ana: { slack: U0ANA, os: ana }',
    remedy: 'write one entry per person',
  },
  slackGroup: {
    allowed: 'the id of a Slack user group: S, then capital letters or digits',
    remedy: 'copy it from the group in Slack (People, User groups, … menu, Copy group ID)',
  },
  slug: {
    allowed: 'lower-case letters, digits and dashes, at most 40, not starting with a dash',
    remedy: 'write a short id like incident-runbook',
  },
  environmentName: {
    allowed:
      'a lower-case letter, then at most 30 lower-case letters, digits and dashes; not the name of a command or option',
    remedy: 'rename the environment, for example to uat or prod',
  },
  environmentMap: {
    allowed: 'a section with one key per environment, at least one',
    remedy: 'list the environments by name, as envcheck.example.yaml does',
  },
  environment: {
    allowed: 'the name of an environment of this file',
    remedy: 'use a name from environments, or add it there',
  },
  pair: {
    allowed: 'a list of two different environments, like [uat, prod]',
    remedy: 'write the pair as [left, right]',
  },
  regex: {
    allowed:
      'a JavaScript regular expression of at most 500 characters, without lookaround and back-references',
    remedy: 'correct the expression (check brackets and * + ?), or shorten it',
  },
  sample: { allowed: 'a whole number from 1 to 500', remedy: 'write how many recent contracts to check' },
  approvals: {
    allowed: 'a whole number from 1 to 5',
    remedy: 'write how many different people must sign, or leave it out for one',
  },
  stepOrder: {
    allowed: 'a whole number from 0 to 1000',
    remedy: 'write the place of the step in its workflow, such as 1 for the first',
  },
  approval: {
    allowed: 'a name, or { name: …, order: …, role: …, conditional: … }',
    remedy: 'write the name as SpotDraft shows it',
  },
  requestRate: {
    allowed: 'a whole number from 1 to 10 (SpotDraft allows 10 a second, which the integration shares)',
    remedy: 'write a smaller number; 5 leaves half of the allowance to the integration',
  },
  workspaceId: {
    allowed: 'a whole number above 0',
    remedy: "write the workspace's numeric id, without quotes",
  },
  optionValue: {
    allowed: 'text, a number, true or false',
    remedy: 'write the value of the option, not its label',
  },
  trustedHost: {
    allowed: 'host or host:port, lower case, without https:// and without a path',
    remedy: 'write it like proxy.example.com or 127.0.0.1:4010',
  },
  proxyAddress: {
    allowed: 'an IP address, or a range such as 10.0.0.0/8 (not /0)',
    remedy: 'write the address or range from which your proxy calls this server, like 10.0.0.5',
  },
  list: { allowed: 'a list', remedy: 'write [one, two], or one entry per line after a dash' },
  nonEmptyList: {
    allowed: 'a list with at least one entry',
    remedy: 'write at least one entry',
  },
  scopedName: {
    allowed: 'a name, or { name: …, environments: [ … ] }',
    remedy: 'write the name as SpotDraft shows it',
  },
  secret: {
    allowed: '{ env: NAME } or { file: PATH }',
    remedy: 'name an environment variable or a file that holds the secret',
  },
  database: {
    allowed: 'the path of an SQLite file, such as ./data/envcheck.db (this version supports only SQLite)',
    remedy: 'write a path, or sqlite:PATH; this version does not support postgres:// or other servers',
  },
} as const satisfies Record<string, { allowed: string; remedy: string }>;

export type ValueKind = keyof typeof valueKinds;

export const isValueKind = (text: string): text is ValueKind => Object.hasOwn(valueKinds, text);
