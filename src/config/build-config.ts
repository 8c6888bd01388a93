import { resolve } from 'node:path';
import { defaultBaseUrl } from '../spotdraft/regions.ts';
import { durationMs } from '../time/duration.ts';
import type { Config, Environment, MaintenanceWindow, Person, SignOff } from './config.ts';
import { databasePathOf } from './fields.ts';
import { compilePattern } from './pattern.ts';
import { pathText } from './problem.ts';
import type { ProcessSettings } from './process-settings.ts';
import type {
  ApprovalRequirement,
  ContractTypeRequirement,
  FieldRequirement,
  Requirements,
  SignatoryRequirement,
} from './requirements.ts';
import { loggingSignOffIds } from './requirements.ts';
import type { ConfigFile } from './schema.ts';
import type { Secret } from './secret.ts';

/** Builds the config from a valid file: units become ms, absent values null, references the secrets they name. */
export function buildConfig(
  parsed: ConfigFile,
  from: {
    file: string;
    folder: string;
    cwd: string;
    secrets: ReadonlyMap<string, Secret>;
    settings: ProcessSettings;
  },
): Config {
  const { settings } = from;
  const names = Object.keys(parsed.environments);
  return {
    file: from.file,
    database:
      settings.database === null
        ? resolve(from.folder, databasePathOf(parsed.database))
        : resolve(from.cwd, settings.database),
    publicUrl: parsed.publicUrl?.replace(/\/+$/, '') ?? null,
    environments: Object.entries(parsed.environments).map(([name, entry]) =>
      environment(name, entry, from.secrets),
    ),
    requires: requirements(parsed.requires),
    externalMetadata: parsed.externalMetadata
      ? {
          ...parsed.externalMetadata,
          rules: parsed.externalMetadata.rules.map((rule) => ({
            ...rule,
            id: rule.id === undefined ? null : compilePattern(rule.id),
          })),
        }
      : null,
    notApplicable: parsed.notApplicable.map(scoped),
    promotion: {
      from: parsed.promotion.from ?? null,
      to: parsed.promotion.to ?? null,
      withinMs: durationMs(parsed.promotion.within),
    },
    signOffs: [...parsed.signOffs.map(signOff), ...loggingSignOffs(parsed)].map((each) => ({
      ...each,
      people: peopleOf(parsed),
    })),
    drift: {
      snapshotEveryMs: durationMs(parsed.drift.snapshotEvery),
      pairs: parsed.drift.pairs,
      ignore: parsed.drift.ignore.map((entry) => ({ ...entry, until: entry.until ?? null })),
    },
    reports: parsed.reports.map((report) => ({
      ...report,
      cron: report.cron.trim(),
      environments: report.environments ?? names,
    })),
    log: { keepMs: durationMs(parsed.log.keep), payloads: parsed.log.payloads },
    access: {
      read: parsed.access.read,
      signOff: parsed.access.signOff,
      waive: parsed.access.waive,
      operate: parsed.access.operate,
    },
    record: { key: from.secrets.get(pathText(['record', 'key'])) ?? settings.recordKey },
    limits: parsed.limits,
    trustedHosts: parsed.trustedHosts,
    slack: settings.slack,
    http: { ...settings.http, trustProxy: parsed.http.trustProxy },
    logLevel: settings.logLevel,
  };
}

type EnvironmentEntry = ConfigFile['environments'][string];

function environment(
  name: string,
  entry: EnvironmentEntry,
  secrets: ReadonlyMap<string, Secret>,
): Environment {
  const secret = (...place: string[]): Secret => {
    const path = pathText(['environments', name, ...place]);
    const found = secrets.get(path);
    if (!found) throw new Error(`no secret was resolved for ${path}`);
    return found;
  };
  const { webhooks } = entry;
  return {
    name,
    formerly: entry.formerly,
    production: entry.production,
    region: entry.region,
    baseUrl: entry.baseUrl ?? defaultBaseUrl(entry.region),
    credentials: {
      clientId: secret('credentials', 'clientId'),
      clientSecret: secret('credentials', 'clientSecret'),
    },
    userEmail: entry.userEmail ?? null,
    workspaceId: entry.workspaceId ?? null,
    webhooks: webhooks
      ? {
          url: webhooks.url,
          activities: webhooks.activities,
          maxSilenceMs: optionalMs(webhooks.maxSilence),
          eventId: webhooks.eventId ?? null,
        }
      : null,
    intake: entry.intake ? { token: secret('intake', 'token') } : null,
    receivers: entry.receivers.map(({ isolation, ...receiver }) => ({
      ...receiver,
      isolation: isolation ?? null,
    })),
    routing: entry.routing ?? null,
    maintenance: entry.maintenance.map(maintenanceWindow),
  };
}

const peopleOf = ({ access }: ConfigFile): Person[] =>
  Object.entries(access.people).map(([name, { slack, os }]) => ({
    name,
    slack: slack ?? null,
    os: os ?? null,
  }));

const signOff = (entry: ConfigFile['signOffs'][number]): Omit<SignOff, 'people'> => ({
  id: entry.id,
  title: entry.title,
  validForMs: optionalMs(entry.validFor),
  approvals: entry.approvals,
  covers: entry.covers ?? null,
  environments: entry.environments ?? null,
});

/** The sign-offs that `requires.logging` asks for. They say where the logs are, so no change in SpotDraft voids them. */
function loggingSignOffs({ requires }: ConfigFile): Omit<SignOff, 'people'>[] {
  const titles = {
    requests: 'The request ids of the integration are logged; the note says where',
    retries: 'The retries of the integration are logged; the note says where',
  };
  return (['requests', 'retries'] as const)
    .filter((what) => requires.logging[what] === 'signOff')
    .map((what) => ({
      id: loggingSignOffIds[what],
      title: titles[what],
      validForMs: null,
      approvals: 1,
      covers: [],
      environments: null,
      needsNote: true as const,
    }));
}

type WindowEntry = EnvironmentEntry['maintenance'][number];

function maintenanceWindow({ days, from, until, timezone, reason }: WindowEntry): MaintenanceWindow {
  if (days === undefined) return { kind: 'once', from: Date.parse(from), until: Date.parse(until), reason };
  return {
    kind: 'weekly',
    days,
    fromMinute: minuteOf(from),
    untilMinute: minuteOf(until),
    timezone: timezone ?? 'UTC',
    reason,
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

const scoped = <Entry extends { environments?: string[] | undefined }>(entry: Entry) => ({
  ...entry,
  environments: entry.environments ?? null,
});

function requirements(parsed: ConfigFile['requires']): Requirements {
  const scopedName = (entry: ConfigFile['requires']['roles'][number]) =>
    scoped(typeof entry === 'string' ? { name: entry } : entry);
  return {
    contractTypes: parsed.contractTypes.map(
      (entry): ContractTypeRequirement => ({
        ...scoped(entry),
        intakeFields: entry.intakeFields.map(fieldRequirement),
        metadataFields: entry.metadataFields.map(fieldRequirement),
      }),
    ),
    templates: parsed.templates.map((entry) => ({
      ...scoped(entry),
      contractType: entry.contractType ?? null,
      fields: entry.fields.map(fieldRequirement),
    })),
    workflows: parsed.workflows.map((entry) => ({
      ...scoped(entry),
      signatories: entry.signatories.map(signatoryRequirement),
      approvals: entry.approvals.map(approvalRequirement),
    })),
    roles: parsed.roles.map(scopedName),
    users: parsed.users.map(scoped),
    featureFlags: parsed.featureFlags.map(scopedName),
    logging: parsed.logging,
  };
}

type FieldEntry = ConfigFile['requires']['templates'][number]['fields'][number];

const fieldRequirement = (entry: FieldEntry): FieldRequirement => ({
  variable: entry.variable,
  type: entry.type ?? null,
  required: entry.required ?? null,
  options: entry.options ?? null,
});

type WorkflowEntry = ConfigFile['requires']['workflows'][number];

const signatoryRequirement = (entry: WorkflowEntry['signatories'][number]): SignatoryRequirement => ({
  ...entry,
  order: entry.order ?? null,
  conditional: entry.conditional ?? null,
});

function approvalRequirement(entry: WorkflowEntry['approvals'][number]): ApprovalRequirement {
  const { name, order, role, conditional } = typeof entry === 'string' ? { name: entry } : entry;
  return { name, order: order ?? null, role: role ?? null, conditional: conditional ?? null };
}

const optionalMs = (text: string | undefined): number | null =>
  text === undefined ? null : durationMs(text);
