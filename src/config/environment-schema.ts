import * as z from 'zod';
import { activities } from './activities.ts';
import { weekdays } from './config.ts';
import * as field from './fields.ts';

const webhooks = field
  .section({
    url: field
      .httpUrl()
      .describe(
        "Where this environment's webhooks arrive: publicUrl and /webhooks/<name of the environment>",
      ),
    activities: field
      .nonEmptyList(z.enum(activities))
      .meta({ uniqueItems: true })
      .describe('The activities that the webhook is registered for. Each is expected to arrive'),
    maxSilence: field
      .duration()
      .optional()
      .describe(
        'For how long it may stay silent before that is reported. Without it silence is told in digests, and no check fails for it',
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
      .describe('Where a delivery carries an id of its event. Without it, the content identifies the event'),
  })
  .describe('How SpotDraft tells Envcheck what happens in this environment');

const receiver = field.section({
  name: field.name().describe('What reports call this receiver'),
  url: field.httpUrl().describe('The URL that is registered in SpotDraft'),
  probe: z
    .enum(['signed', 'none'])
    .describe(
      'signed: with every check, send it probes with a right and a wrong signature. none: never send it anything',
    ),
});

const maintenanceWindow = field.section({
  days: field
    .nonEmptyList(z.enum(weekdays))
    .meta({ uniqueItems: true })
    .optional()
    .describe('Every week: the days on which the window begins. Without it the window is there once'),
  from: field
    .maintenanceTime()
    .describe(
      'When it begins: a date and time with its zone (2026-12-05T20:00Z); with days a time of day (22:00)',
    ),
  until: field
    .maintenanceTime()
    .describe('When it ends, written like from. A time of day that is not after from is one of the next day'),
  timezone: field
    .timezone()
    .optional()
    .describe('With days: the time zone of the times of day. Default: UTC'),
  reason: field.text().describe('What is done then; digests tell it'),
});

export const environmentSchema = field
  .section({
    production: field
      .boolean()
      .default(false)
      .describe('Whether real contracts live here. Production is marked wherever it is named'),
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
      .describe('API credentials, created in this very workspace'),
    userEmail: field.email().optional().describe('Act as this active member of the workspace'),
    workspaceId: field.workspaceId().optional().describe('The workspace that these credentials must open'),
    webhooks: webhooks.optional(),
    intake: field
      .section({ token: field.secret().describe('The bearer token that the reporting services send') })
      .optional()
      .describe("Lets the integration's own services report their API calls and outcomes"),
    receivers: field
      .list(receiver)
      .default([])
      .describe("The integration's own webhook receivers in this environment"),
    maintenance: field
      .list(maintenanceWindow)
      .default([])
      .describe(
        'Times at which a failing check is not announced. What still fails afterwards is announced then',
      ),
  })
  .describe('One SpotDraft workspace as the integration uses it');
