import * as z from 'zod';
import { guideItems } from './config.ts';
import { environmentNamePattern } from './environment-name.ts';
import { environmentSchema } from './environment-schema.ts';
import * as field from './fields.ts';
import { environmentList, requiresSchema } from './requires-schema.ts';

const externalMetadata = field
  .section({
    sample: field.sample().default(50).describe('How many of the most recent contracts are checked'),
    rules: field
      .list(
        field.section({
          integration: field.text().describe("The integration's name in the external metadata"),
          recordType: field.text().describe('The type of the external record'),
          id: field
            .regex()
            .optional()
            .describe('A regular expression that its id must match. Default: any id'),
          unique: field
            .boolean()
            .default(false)
            .describe('true when a record may belong to one contract only'),
        }),
      )
      .default([])
      .describe('Rules, of which each contract must match one'),
    foreignMarkers: field
      .list(field.text())
      .default([])
      .describe("Words that must not occur in a production environment's records"),
  })
  .describe('Rules for the external metadata of contracts');

const signOff = field.section({
  id: field.slug().describe('A short id. Changing it voids earlier signatures'),
  title: field.text().describe('The statement that people sign'),
  validFor: field.duration().optional().describe('How long a signature is valid. Default: no end'),
  approvals: field.approvals().default(1).describe('How many different people must sign'),
  covers: field
    .nonEmptyList(field.text())
    .optional()
    .describe(
      'The paths whose change voids a signature, as `diff` prints them, each including everything below it; * matches any text within one name, ~2 stands for a * in a name. Default: every path',
    ),
  environments: environmentList(),
});

const drift = field
  .section({
    snapshotEvery: field
      .duration()
      .default('1h')
      .describe('How often every environment is checked and every pair is compared automatically'),
    pairs: field
      .list(z.tuple([field.environmentRef(), field.environmentRef()], { error: 'pair' }))
      .default([])
      .describe('Pairs of environments that reports compare: left is the model, right is compared with it'),
    ignore: field
      .list(
        field.section({
          path: field
            .text()
            .describe(
              'The path of a difference as diff prints it, including everything below it; * matches any text, and ~2 stands for a * in a name',
            ),
          reason: field.text().describe('Why it does not matter'),
          until: field.date().optional().describe('The last day on which it is ignored. Default: no end'),
        }),
      )
      .default([])
      .describe('Differences that are not reported'),
  })
  .describe('Which environments are compared');

const report = field.section({
  name: field.name().describe('The name of the report'),
  cron: field.cron().describe('The schedule: minute, hour, day of month, month, day of week'),
  timezone: field.timezone().default('UTC').describe('The time zone of the schedule'),
  channel: field.channel().describe('The id of the Slack channel'),
  environments: field
    .nonEmptyList(field.environmentRef())
    .optional()
    .describe('The environments in it. Default: every environment'),
  sections: field
    .nonEmptyList(z.enum(['readiness', 'drift', 'events', 'checklist']))
    .meta({ uniqueItems: true })
    .default(['readiness', 'drift', 'events'])
    .describe('The sections in it'),
  when: z
    .enum(['always', 'changed'])
    .default('changed')
    .describe('changed: nothing is posted when nothing changed'),
});

const people = () =>
  field.section({
    users: field.list(field.slackUser()).default([]).describe('Ids of Slack members'),
    groups: field.list(field.slackGroup()).default([]).describe('Ids of Slack user groups'),
  });
const access = () => people().prefault({});

/** `envcheck.yaml`: its shape, its rules and, in the descriptions, its reference. */
export const fileSchema = field
  .section({
    database: field
      .databasePath()
      .default('./data/envcheck.db')
      .describe("The SQLite file, relative to this file's folder. DATABASE_URL takes precedence"),
    publicUrl: field
      .publicUrl()
      .optional()
      .describe('The URL at which SpotDraft and people reach this server'),
    environments: z
      .record(z.string(), environmentSchema, { error: 'environmentMap' })
      // Only the JSON schema checks the names here: zod would skip the content of a wrongly named environment.
      .meta({ minProperties: 1, propertyNames: { pattern: environmentNamePattern.source } })
      .describe('The environments by name. A name is a lower-case letter, then letters, digits and dashes'),
    requires: requiresSchema.prefault({}),
    externalMetadata: externalMetadata.optional(),
    notApplicable: field
      .list(
        field.section({
          item: z.enum(guideItems).describe('The item of the checklist'),
          reason: field.text().describe('Why nothing has to be configured for it'),
          environments: environmentList(),
        }),
      )
      .default([])
      .describe('Items of the checklist for which a production environment needs no check'),
    promotion: field
      .section({
        from: field
          .environmentRef()
          .optional()
          .describe('The model. Default: the left side of the drift pair with this production environment'),
        to: field
          .environmentRef()
          .optional()
          .describe('The environment recreated from it. Default: every production environment'),
        within: field.duration().default('30d').describe('How recently the model must have been ready'),
      })
      .prefault({})
      .describe('The promotion from the environment in which the integration was validated to production'),
    signOffs: field.list(signOff).default([]).describe('Checklist items that people sign off'),
    drift: drift.prefault({}),
    reports: field.list(report).default([]).describe('Reports that are posted to Slack on a schedule'),
    log: field
      .section({
        keep: field.duration().default('90d').describe('How long events, deliveries and calls are kept'),
        payloads: z
          .enum(['none', 'redacted', 'full'])
          .default('redacted')
          .describe('The part of a payload that is kept. redacted: without names and addresses of people'),
      })
      .prefault({})
      .describe('The log of events and API calls'),
    access: field
      .section({
        read: z
          .union([z.enum(['members', 'everybody']), people()], { error: 'readers' })
          .default('members')
          .describe(
            'Who may read answers in Slack: members (of the workspace of the bot, without guests), everybody, or listed users and groups',
          ),
        signOff: access().describe('Who may sign off checklist items'),
        waive: access().describe(
          'Who may accept a difference or a failing check, and keep an incident in the log',
        ),
        operate: access().describe(
          'Who may re-trigger, register and delete webhooks, and acknowledge failures',
        ),
        people: z
          .record(
            z.string(),
            field.section({
              slack: field.slackUser().optional().describe('The id of their account in Slack'),
              os: field.name().optional().describe('The name of their user where the command line runs'),
            }),
            { error: 'peopleMap' },
          )
          .default({})
          .describe(
            'People by name, with their accounts: who signs in Slack and on the command line counts once. `sign --as NAME` names one',
          ),
      })
      .prefault({})
      .describe('Who may read and act in Slack'),
    record: field
      .section({
        key: field
          .secret()
          .optional()
          .describe('The key that signs go-live records; `record key --new` creates one'),
      })
      .prefault({})
      .describe('Signed go-live records. Default: the key in ENVCHECK_RECORD_KEY'),
    limits: field
      .section({
        requestsPerSecond: field.requestRate().default(5).describe('Requests per second and workspace'),
      })
      .prefault({})
      .describe('Limits on the use of the SpotDraft API'),
    http: field
      .section({
        trustProxy: field
          .list(field.proxyAddress())
          .default([])
          .describe(
            'The IP addresses and ranges of the proxies in front of this server, whose X-Forwarded-For names the sender of a request',
          ),
      })
      .prefault({})
      .describe('The HTTP server'),
    trustedHosts: field
      .list(field.trustedHost())
      .default([])
      .describe("Hosts other than SpotDraft's own that a baseUrl may name: proxies, test servers"),
  })
  .describe('Configuration of Envcheck');

/** The file after the schema: defaults are filled in, nothing is translated. */
export type ConfigFile = z.output<typeof fileSchema>;

/** JSON schema of `envcheck.yaml` for editors. Draft 7 is the newest that the YAML language server reads completely. */
export const configJsonSchema = (): object => z.toJSONSchema(fileSchema, { target: 'draft-7', io: 'input' });
