import * as z from 'zod';
import { environmentNamePattern } from './environment-name.ts';
import { environmentSchema } from './environment-schema.ts';
import * as field from './fields.ts';
import { environmentList, requiresSchema } from './requires-schema.ts';

const externalMetadata = field
  .section({
    sample: field.sample().default(50).describe('How many of the most recent contracts are looked at'),
    rules: field
      .list(
        field.section({
          integration: field.text().describe("The integration's name in the external metadata"),
          recordType: field.text().describe('The type of the external record'),
          id: field.regex().optional().describe('A regular expression that its id fits. Default: any id'),
          unique: field
            .boolean()
            .default(false)
            .describe('Whether one record may belong to one contract only'),
        }),
      )
      .default([])
      .describe('The conventions. A contract has to fit one of them'),
    foreignMarkers: field
      .list(field.text())
      .default([])
      .describe("Words that must not occur in a production environment's records"),
  })
  .describe('What the external metadata of contracts looks like');

const signOff = field.section({
  id: field.slug().describe('A short id. Changing it voids what was signed'),
  title: field.text().describe('What the person confirms'),
  validFor: field.duration().optional().describe('For how long a confirmation counts. Default: no end'),
  approvals: field.approvals().default(1).describe('How many different persons have to sign'),
  covers: field
    .nonEmptyList(field.text())
    .optional()
    .describe(
      'The paths whose change voids what was signed, as `diff` prints them; * stands for any text of one name, and what is below a path belongs to it. Default: every path',
    ),
  environments: environmentList(),
});

const drift = field
  .section({
    snapshotEvery: field
      .duration()
      .default('1h')
      .describe('How often every environment is checked, and the pairs are compared, without being asked'),
    pairs: field
      .list(z.tuple([field.environmentRef(), field.environmentRef()], { error: 'pair' }))
      .default([])
      .describe('Environments that are compared in reports: left is the model, right is measured against it'),
    ignore: field
      .list(
        field.section({
          path: field.text().describe('The path of a difference; * stands for any text'),
          reason: field.text().describe('Why it does not matter'),
          until: field.date().optional().describe('The last day on which it is ignored. Default: for good'),
        }),
      )
      .default([])
      .describe('Differences that are not reported'),
  })
  .describe('Which environments are compared');

const report = field.section({
  name: field.name().describe('What the report is called'),
  cron: field.cron().describe('When: minute, hour, day of month, month, day of week'),
  timezone: field.timezone().default('UTC').describe('The time zone that cron is read in'),
  channel: field.channel().describe('The id of the Slack channel'),
  environments: field
    .nonEmptyList(field.environmentRef())
    .optional()
    .describe('What it is about. Default: every environment'),
  sections: field
    .nonEmptyList(z.enum(['readiness', 'drift', 'events', 'checklist']))
    .meta({ uniqueItems: true })
    .default(['readiness', 'drift', 'events'])
    .describe('What it contains'),
  when: z.enum(['always', 'changed']).default('changed').describe('changed: silent when nothing moved'),
});

const access = () =>
  field
    .section({
      users: field.list(field.slackUser()).default([]).describe('Ids of Slack members'),
      groups: field.list(field.slackGroup()).default([]).describe('Ids of Slack user groups'),
    })
    .prefault({});

/** `envcheck.yaml`: its shape, its rules and, in the descriptions, its documentation. */
export const fileSchema = field
  .section({
    database: field
      .databasePath()
      .default('./data/envcheck.db')
      .describe("The SQLite file; relative to this file's folder. DATABASE_URL wins"),
    publicUrl: field.publicUrl().optional().describe('Where SpotDraft and people reach this server'),
    environments: z
      .record(z.string(), environmentSchema, { error: 'environmentMap' })
      // In the JSON schema only: zod would leave the inside of a wrongly named environment unread.
      .meta({ minProperties: 1, propertyNames: { pattern: environmentNamePattern.source } })
      .describe('The environments by name: a lower-case letter, then letters, digits and dashes'),
    requires: requiresSchema.prefault({}),
    externalMetadata: externalMetadata.optional(),
    signOffs: field.list(signOff).default([]).describe('Checklist items that a person confirms'),
    drift: drift.prefault({}),
    reports: field.list(report).default([]).describe('Reports that are posted to Slack on a schedule'),
    log: field
      .section({
        keep: field.duration().default('90d').describe('For how long events, deliveries and calls are kept'),
        payloads: z
          .enum(['none', 'redacted', 'full'])
          .default('redacted')
          .describe('What of a payload is kept. redacted: without names and addresses of people'),
      })
      .prefault({})
      .describe('The log of events and API calls'),
    access: field
      .section({
        signOff: access().describe('Who may sign checklist items off'),
        waive: access().describe('Who may accept a difference or a failing check'),
        operate: access().describe(
          'Who may re-trigger, register and delete webhooks, and acknowledge failures',
        ),
      })
      .prefault({})
      .describe('Who may act in Slack. Everybody may read'),
    record: field
      .section({
        key: field
          .secret()
          .optional()
          .describe('The key that go-live records are signed with; `record key --new` makes one'),
      })
      .prefault({})
      .describe('Signed go-live records. Without a key here, that of ENVCHECK_RECORD_KEY'),
    limits: field
      .section({
        requestsPerSecond: field.requestRate().default(5).describe('Requests in any second, per workspace'),
      })
      .prefault({})
      .describe('How much of the API allowance is used'),
    trustedHosts: field
      .list(field.trustedHost())
      .default([])
      .describe("Hosts other than SpotDraft's own that a baseUrl may name: proxies, test servers"),
  })
  .describe('Configuration of Envcheck');

/** The file once it has passed the schema: defaults filled in, nothing translated. */
export type ConfigFile = z.output<typeof fileSchema>;

/** JSON schema of `envcheck.yaml` for editors. Draft 7 is the newest that the YAML language server reads completely. */
export const configJsonSchema = (): object => z.toJSONSchema(fileSchema, { target: 'draft-7', io: 'input' });
