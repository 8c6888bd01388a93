import type { Config } from '../config/config.ts';
import { checks } from '../readiness/checks/index.ts';
import { signOffsOf } from '../readiness/sign-offs.ts';
import { insertAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { missingNoticesOfOthers } from '../store/missing-events.ts';
import { forgetWatches, noticesOfOthers } from '../store/notices.ts';
import { renameEnvironment } from '../store/rename-environment.ts';
import { insertSignOffAct, standingSignatures } from '../store/sign-offs.ts';
import { endSubscription, listSubscriptions } from '../store/subscriptions.ts';
import { inTransaction, type Transaction } from '../store/transaction.ts';
import { endWaiver, openWaivers } from '../store/waivers.ts';
import type { Clock } from '../time/clock.ts';
import { endMissingNotice } from './notices/missing-events.ts';
import { updateAnnouncement } from './notices/watch.ts';
import { enqueue } from './outbox/outbox.ts';
import type { Presenter } from './presenter.ts';

const ENVCHECK = 'envcheck';

interface Dependencies {
  config: Config;
  db: Database;
  clock: Clock;
  presenter: Presenter;
}

/** Changes of a start in the database because the config changed. */
export interface AppliedConfig {
  /** Environments that have another name now. `rows`: the number of rows that followed. */
  renamed: { from: string; to: string; rows: number }[];
  /** Numbers of what is not judged any more. */
  ended: { waivers: number; notices: number; subscriptions: number; signOffs: number };
}

/**
 * The one place that knows what the config no longer has. At every start it carries the history of renamed environments over,
 * and ends once what is open about environments, checks and sign-offs that are gone: in one transaction, with its audit.
 */
export const applyConfig = (dependencies: Dependencies): Promise<AppliedConfig> =>
  inTransaction(dependencies.db, async (transaction) => {
    const at = dependencies.clock.now();
    const renamed = await renameEnvironments(dependencies, transaction, at);
    return {
      renamed,
      ended: {
        waivers: await endWaivers(dependencies, transaction, at),
        notices: await endNotices(dependencies, transaction, at),
        subscriptions: await endSubscriptions(dependencies, transaction, at),
        signOffs: await endSignatures(dependencies, transaction, at),
      },
    };
  });

async function renameEnvironments(
  { config }: Dependencies,
  transaction: Transaction,
  at: number,
): Promise<AppliedConfig['renamed']> {
  const renamed: AppliedConfig['renamed'] = [];
  for (const { name: to, formerly } of config.environments)
    for (const from of formerly) {
      const rows = await renameEnvironment(transaction, { from, to, at });
      if (rows === 0) continue;
      renamed.push({ from, to, rows });
      await insertAudit(transaction, {
        at,
        actor: ENVCHECK,
        act: 'environment.rename',
        environment: to,
        subject: to,
        detail: { formerly: from, rows },
      });
    }
  return renamed;
}

const namesOf = ({ environments }: Config): Set<string> => new Set(environments.map(({ name }) => name));

/** A sentence that says what the config no longer has. */
const goneText = (what: string): string => `not judged any more: ${what} is no longer in the config`;

async function endWaivers({ config }: Dependencies, transaction: Transaction, at: number): Promise<number> {
  const names = namesOf(config);
  const known = new Set(checks.map(({ id }) => id));
  const goneOf = ({
    kind,
    environment,
    left_environment,
    subject,
  }: Awaited<ReturnType<typeof openWaivers>>[number]) => {
    if (!names.has(environment)) return environment;
    if (kind === 'difference') return names.has(left_environment) ? null : left_environment;
    const signOffs = signOffsOf(config.signOffs, environment).map(({ id }) => `sign-offs.${id}`);
    return known.has(subject) || signOffs.includes(subject) ? null : subject;
  };
  let ended = 0;
  for (const waiver of await openWaivers(transaction)) {
    const gone = goneOf(waiver);
    if (gone === null || waiver.until <= at) continue;
    const reason = goneText(gone);
    await endWaiver(transaction, waiver.id, { at, how: 'not judged', by: null, reason });
    await insertAudit(transaction, {
      at,
      actor: ENVCHECK,
      act: 'waiver.end',
      environment: waiver.environment,
      subject: waiver.id,
      detail: { reason },
    });
    ended += 1;
  }
  return ended;
}

async function endNotices(dependencies: Dependencies, transaction: Transaction, at: number): Promise<number> {
  const names = [...namesOf(dependencies.config)];
  const open = await noticesOfOthers(transaction, names);
  for (const stored of open)
    await updateAnnouncement(
      dependencies,
      transaction,
      stored,
      {
        ...stored.notice,
        closedAt: at,
        isGone: true,
        checks: stored.notice.checks.map((check) => ({ ...check, state: 'not judged' })),
      },
      at,
    );
  await forgetWatches(transaction, names);
  const missing = await missingNoticesOfOthers(transaction, names);
  for (const { environment, notice } of missing)
    await endMissingNotice(dependencies, transaction, environment, notice);
  return open.length + missing.length;
}

async function endSubscriptions(
  { config, clock, presenter }: Dependencies,
  transaction: Transaction,
  at: number,
): Promise<number> {
  const names = namesOf(config);
  const orphans = (await listSubscriptions(transaction)).filter(({ environment }) => !names.has(environment));
  for (const subscription of orphans) {
    const { id, channel, environment } = subscription;
    await endSubscription(transaction, id, at);
    await insertAudit(transaction, {
      at,
      actor: ENVCHECK,
      act: 'subscription.end',
      environment,
      subject: id,
      detail: { channel, reason: goneText(environment) },
    });
  }
  // One message per channel and environment, however many subscriptions it had.
  for (const [first] of Map.groupBy(
    orphans,
    ({ channel, environment }) => `${channel} ${environment}`,
  ).values())
    if (first)
      await enqueue(
        transaction,
        {
          channel: first.channel,
          key: `subscription ${first.id} ended`,
          kind: 'post',
          message: presenter.subscriptionsEnded(
            first.environment,
            orphans.filter(
              ({ channel, environment }) => channel === first.channel && environment === first.environment,
            ).length,
          ),
        },
        clock,
      );
  return orphans.length;
}

async function endSignatures(
  { config }: Dependencies,
  transaction: Transaction,
  at: number,
): Promise<number> {
  const names = namesOf(config);
  const asked = (environment: string, signOff: string): boolean =>
    names.has(environment) && signOffsOf(config.signOffs, environment).some(({ id }) => id === signOff);
  const gone = (await standingSignatures(transaction, at)).filter(
    ({ environment, signOff }) => !asked(environment, signOff),
  );
  for (const { id: about, environment, signOff, title } of gone) {
    const reason = goneText(names.has(environment) ? signOff : environment);
    const id = await insertSignOffAct(transaction, {
      environment,
      signOff,
      act: 'void',
      at,
      actor: ENVCHECK,
      person: null,
      personName: 'Envcheck',
      note: reason,
      link: null,
      title,
      snapshot: null,
      completeSnapshot: null,
      expiresAt: null,
      about,
      changes: { total: 1, shown: [reason] },
    });
    await insertAudit(transaction, {
      at,
      actor: ENVCHECK,
      act: 'sign-off.void',
      environment,
      subject: signOff,
      detail: { id, about, reason },
    });
  }
  return gone.length;
}
