import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { input } from 'zod';
import { type SimulatedIntegration, startIntegration } from '../sandbox/integration.ts';
import { northwindConfig, northwindSecrets } from '../sandbox/northwind-config.ts';
import { repairProduction, seedWorkspaces } from '../sandbox/spotdraft/seed.ts';
import { type SimulatedSpotDraft, startSpotDraft } from '../sandbox/spotdraft/server.ts';
import type { Workspace } from '../sandbox/spotdraft/workspace.ts';
import type { Overrides } from '../src/app.ts';
import type { Config, Environment } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load.ts';
import type { fileSchema } from '../src/config/schema.ts';
import { type Core, openCore } from '../src/core.ts';
import type { CheckResult, Report, Status } from '../src/readiness/report.ts';
import type { Progress } from '../src/workspace/progress.ts';
import { type Filling, fillLog } from './event-log.ts';

/** The config file as a person writes it. */
export type ConfigFile = input<typeof fileSchema>;
export type EnvironmentFile = ConfigFile['environments'][string];

export interface StandOptions {
  /** Changes both workspaces before the config file is written from them. */
  prepare?: (workspaces: { uat: Workspace; prod: Workspace }) => void;
  /** Changes the config file before it is read. */
  edit?: (file: ConfigFile, spotdraft: SimulatedSpotDraft) => void;
  /** `as configured` applies the config's pace and SpotDraft's own limit. By default neither side limits anything. */
  pace?: 'as configured' | 'unlimited';
  latencyMs?: number;
  logLevel?: string;
  overrides?: Overrides;
  /** Deliveries in the log. By default both workspaces deliver; null for an empty log. */
  log?: Filling | null;
  /** True to start and configure receivers of the integration that verify signatures. */
  receivers?: boolean;
}

/** Northwind's two workspaces, both ready, on a simulated SpotDraft; the real core reads them over HTTP. */
export interface Stand {
  spotdraft: SimulatedSpotDraft;
  /** null when no receivers were started. */
  integration: SimulatedIntegration | null;
  uat: Workspace;
  prod: Workspace;
  config: Config;
  core: Core;
  /** Lines of the log. */
  logged: string[];
  environment(name: string): Environment;
  /** Runs a new check. */
  check(name?: string, onProgress?: (progress: Progress) => void): Promise<Report>;
}

/** Creates a folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the stand; everything stops after the test. */
export async function startStand(options: StandOptions = {}): Promise<Stand> {
  const { uat, prod } = seedWorkspaces(Date.now());
  repairProduction(prod, uat);
  // Nothing listens at the seeded URLs; a test registers its own webhooks.
  for (const workspace of [uat, prod]) workspace.webhooks = [];
  options.prepare?.({ uat, prod });
  const unlimited = options.pace !== 'as configured';
  const spotdraft = await startSpotDraft({
    workspaces: [uat, prod],
    latencyMs: options.latencyMs ?? 0,
    ...(unlimited ? { requestsPerSecond: 100_000 } : {}),
  });
  onTestFinished(() => spotdraft.stop());

  const integration = options.receivers === true ? await startIntegration([uat, prod]) : null;
  onTestFinished(() => integration?.stop());

  const folder = temporaryFolder();
  const { baseUrl, host } = spotdraft;
  const file = northwindConfig({
    baseUrl,
    host,
    uat,
    prod,
    sharedWebhookUrl: false,
    receiverUrl: integration?.urlOf ?? null,
  }) as unknown as Required<ConfigFile>;
  options.edit?.(file, spotdraft);
  writeFileSync(join(folder, 'envcheck.yaml'), JSON.stringify(file));
  const env = { ...northwindSecrets([uat, prod]), LOG_LEVEL: options.logLevel ?? 'info' };
  const read = loadConfig({ env, cwd: folder, needsSlack: false });
  const config = unlimited ? { ...read, limits: { requestsPerSecond: 10_000 } } : read;

  if (options.log !== null) await fillLog(config, [uat, prod], { ready: true, ...options.log });
  const logged: string[] = [];
  const core = await openCore(config, {
    retry: { baseDelayMs: 1 },
    logDestination: { write: (line) => void logged.push(line) },
    ...options.overrides,
  });
  onTestFinished(() => core.close());
  const environment = (name: string): Environment => {
    const found = config.environments.find((each) => each.name === name);
    if (!found) throw new Error(`no environment ${name}`);
    return found;
  };
  return {
    spotdraft,
    integration,
    uat,
    prod,
    config,
    core,
    logged,
    environment,
    check: (name = 'prod', onProgress = () => {}) =>
      core.checker.check(environment(name), { fresh: true, onProgress }),
  };
}

export const checksOf = (report: Report): CheckResult[] => report.items.flatMap((item) => item.checks);

export const idsOf = (report: Report, status: Status): string[] =>
  checksOf(report)
    .filter((check) => check.status === status)
    .map(({ id }) => id);

export function checkOf(report: Report, id: string): CheckResult {
  const found = checksOf(report).find((check) => check.id === id);
  if (!found) throw new Error(`the report has no check ${id}`);
  return found;
}

/** Returns the value, or fails the test here. */
export function there<T>(value: T | undefined | null, what = 'what the test changes'): T {
  if (value === undefined || value === null) throw new Error(`${what} is not there`);
  return value;
}

/** Returns an environment of the config file, which exists by construction. */
export const environmentFile = (file: ConfigFile, name: string): EnvironmentFile =>
  there(file.environments[name], `environment ${name}`);
