import type { Environment } from '../../config/config.ts';
import { refusedHint } from '../../events/failures/gather-missing.ts';
import { type JudgedMissing, judgedMissing } from '../../events/failures/missing-states.ts';
import { isReconciled } from '../../events/failures/reconcile.ts';
import type { Database } from '../../store/database.ts';
import {
  type MissingNotice,
  markAnnounced,
  openMissingNotices,
  saveMissingNotice,
} from '../../store/missing-events.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { randomId } from '../../text/ids.ts';
import { enqueue } from '../outbox/outbox.ts';
import { maintenanceAt } from '../schedule/maintenance.ts';
import { channelsOf, type NoticeDependencies } from './watch.ts';

/**
 * Announces missing events where failures of the environment are announced, and edits each announcement until none of its events
 * is missing. In maintenance nothing is announced: the events that are still missing after it are announced then.
 */
export async function noticeMissingEvents(dependencies: NoticeDependencies): Promise<void> {
  const { config, db, clock } = dependencies;
  for (const environment of config.environments.filter(isReconciled)) {
    const { missing } = await judgedMissing(db, environment.name, clock.now() - config.log.keepMs);
    const open = await openMissingNotices(db, environment.name);
    const isNew = missing.some(({ notice, state }) => notice === null && state === 'missing');
    if (open.length === 0 && !isNew) continue;
    const hint = await hintOf(db, environment, missing);
    await inTransaction(db, async (transaction) => {
      // Read again: another process may have announced or edited meanwhile.
      for (const notice of await openMissingNotices(transaction, environment.name))
        await update(dependencies, transaction, environment, { notice, missing, hint });
      if (maintenanceAt(environment.maintenance, clock.now()) === null)
        await announce(dependencies, transaction, environment, { missing, hint });
    });
  }
}

function hintOf(
  db: Database,
  { name }: Environment,
  missing: readonly JudgedMissing[],
): Promise<string | null> {
  const open = missing.filter(({ state }) => state === 'missing');
  return open.length === 0 ? Promise.resolve(null) : refusedHint(db, name, open);
}

interface Current {
  missing: readonly JudgedMissing[];
  hint: string | null;
}

/** Announces nothing when no channel listens. A channel that subscribes later is told then. */
async function announce(
  { config, clock, presenter }: NoticeDependencies,
  transaction: Transaction,
  environment: Environment,
  { missing, hint }: Current,
): Promise<void> {
  const id = randomId('ntc');
  const channels = await channelsOf(config, transaction, environment.name);
  const candidates = missing.flatMap(({ contract, state, notice }) =>
    state === 'missing' && notice === null ? [contract] : [],
  );
  if (channels.length === 0 || candidates.length === 0) return;
  const contracts = await markAnnounced(transaction, environment.name, candidates, id);
  if (contracts.length === 0) return;
  const notice: MissingNotice = {
    id,
    contracts: contracts.map((contract) => ({ contract, state: 'missing' })),
    places: [],
    announcedAt: clock.now(),
    closedAt: null,
    edits: 0,
  };
  const message = presenter.missingEvents(environment, notice, hint);
  for (const channel of channels) {
    const item = { channel, key: `missing ${id} ${channel}`, kind: 'post' as const, message };
    notice.places.push({ channel, message: await enqueue(transaction, item, clock) });
  }
  await saveMissingNotice(transaction, environment.name, notice);
}

async function update(
  { clock, presenter }: NoticeDependencies,
  transaction: Transaction,
  environment: Environment,
  { notice, missing, hint }: Current & { notice: MissingNotice },
): Promise<void> {
  const states = new Map(missing.map(({ contract, state }) => [contract, state]));
  const contracts = notice.contracts.map(({ contract }) => ({
    contract,
    state: states.get(contract) ?? ('forgotten' as const),
  }));
  await edit({ clock, presenter }, transaction, environment, { notice, contracts, hint });
}

/** Ends the announcement of an environment that the config no longer has. */
export const endMissingNotice = (
  dependencies: Pick<NoticeDependencies, 'clock' | 'presenter'>,
  transaction: Transaction,
  environment: string,
  notice: MissingNotice,
): Promise<void> =>
  edit(
    dependencies,
    transaction,
    { name: environment, production: false },
    {
      notice,
      contracts: notice.contracts.map((each) => (isOpen(each) ? { ...each, state: 'not judged' } : each)),
      hint: null,
    },
  );

const isOpen = ({ state }: MissingNotice['contracts'][number]): boolean =>
  state === 'missing' || state === 'unclear';

async function edit(
  { clock, presenter }: Pick<NoticeDependencies, 'clock' | 'presenter'>,
  transaction: Transaction,
  environment: Pick<Environment, 'name' | 'production'>,
  {
    notice,
    contracts,
    hint,
  }: Pick<MissingNotice, 'contracts'> & { notice: MissingNotice; hint: string | null },
): Promise<void> {
  if (contracts.every(({ state }, index) => state === notice.contracts[index]?.state)) return;
  const isOver = !contracts.some(isOpen);
  const edits = notice.edits + 1;
  const changed = { ...notice, contracts, closedAt: isOver ? clock.now() : null, edits };
  for (const { channel, message: target } of notice.places) {
    const key = `missing ${notice.id} ${channel} ${edits}`;
    const message = presenter.missingEvents(environment, changed, hint);
    await enqueue(transaction, { channel, key, kind: 'update', message, target }, clock);
    if (!isOver) continue;
    const reply = presenter.missingEventsReply(environment, changed);
    await enqueue(
      transaction,
      { channel, key: `${key} reply`, kind: 'post', message: reply, parent: target, broadcast: true },
      clock,
    );
  }
  await saveMissingNotice(transaction, environment.name, changed);
}
