import * as z from 'zod';
import { activities } from './activities.ts';
import { weekdays } from './config.ts';
import * as field from './fields.ts';

const webhooks = field
  .section({
    url: field
      .httpUrl()
      .describe(
        "The URL at which this environment's webhooks arrive: publicUrl and /webhooks/<name of the environment>",
      ),
    activities: field
      .nonEmptyList(z.enum(activities))
      .meta({ uniqueItems: true })
      .describe('The activities that the webhook is registered for, each of which is expected to arrive'),
    maxSilence: field
      .duration()
      .optional()
      .describe(
        'How long no webhook may arrive before a check fails. Default: digests mention silence, and no check fails',
      ),
    eventId: z
      .union(
        [
          z.strictObject({ header: field.header().describe('The header that carries the id') }),
          z.strictObject({
            field: field.pointer().describe('The body field that carries it, as a JSON pointer'),
          }),
        ],
        { error: 'eventId' },
      )
      .optional()
      .describe('The place of the event id in a delivery. Default: the content identifies the event'),
  })
  .describe('The webhook by which SpotDraft announces events of this environment');

const receiver = field.section({
  name: field.name().describe('The name of this receiver in reports'),
  url: field.httpUrl().describe('The URL that is registered in SpotDraft'),
  probe: z
    .enum(['signed', 'none'])
    .describe(
      'signed: every check sends it probes with valid and invalid signatures. none: nothing is ever sent to it',
    ),
  isolation: field
    .section({
      with: field
        .nonEmptyList(field.environmentRef())
        .meta({ uniqueItems: true })
        .describe('The other environments that this receiver serves too'),
      reason: field.text().describe('The reason why one receiver serves several environments'),
    })
    .optional()
    .describe(
      'For one receiver that serves several environments on purpose and keeps them apart, which the probes have to prove. Default: it serves this environment alone',
    ),
});

const maintenanceWindow = field.section({
  days: field
    .nonEmptyList(z.enum(weekdays))
    .meta({ uniqueItems: true })
    .optional()
    .describe('For a weekly window: the days on which it begins. Default: the window happens once'),
  from: field
    .maintenanceTime()
    .describe(
      'When it begins: a date and time with a zone (2026-12-05T20:00Z), or with days a time of day (22:00)',
    ),
  until: field
    .maintenanceTime()
    .describe('When it ends, written like from. A time of day that is not after from is on the next day'),
  timezone: field
    .timezone()
    .optional()
    .describe('For a weekly window: the time zone of its times of day. Default: UTC'),
  reason: field.text().describe('The reason, which digests show'),
});

export const environmentSchema = field
  .section({
    production: field
      .boolean()
      .default(false)
      .describe('true when it has real contracts. Production is marked wherever it is shown'),
    region: z.enum(['in', 'us', 'me', 'eu']).describe('The SpotDraft cluster that the workspace is on'),
    baseUrl: field
      .httpUrl()
      .optional()
      .describe("The base URL that the integration calls. Default: the region's host and /api/v2.1/public"),
    credentials: field
      .section({
        clientId: field.secret().describe("The workspace's client id"),
        clientSecret: field.secret().describe("The workspace's client secret"),
      })
      .describe('API credentials, created in this same workspace'),
    userEmail: field.email().optional().describe('The active member of the workspace to act as'),
    workspaceId: field
      .workspaceId()
      .optional()
      .describe('The id of the workspace that these credentials must belong to'),
    webhooks: webhooks.optional(),
    intake: field
      .section({ token: field.secret().describe('The bearer token that the reporting services send') })
      .optional()
      .describe("Intake, by which the integration's own services report their API calls and outcomes"),
    receivers: field
      .list(receiver)
      .default([])
      .describe("The integration's own webhook receivers in this environment"),
    routing: field
      .section({
        businessUser: field
          .addressOrName()
          .describe('The address of the business user that contracts of the integration must get, or a role'),
      })
      .optional()
      .describe('How contracts of the integration are routed'),
    maintenance: field
      .list(maintenanceWindow)
      .default([])
      .describe(
        'Periods in which failing checks are not announced. Checks that still fail are announced afterwards',
      ),
    formerly: field
      .list(field.name())
      .default([])
      .describe(
        'Names that this environment had before. The next start carries its reports, snapshots, events, waivers, sign-offs, notices and subscriptions over',
      ),
  })
  .describe('One SpotDraft workspace as the integration uses it');
