import type { Environment } from '../../config/config.ts';
import type { MissingEvent } from '../../store/missing-events.ts';
import type { Transaction } from '../../store/transaction.ts';
import { randomId } from '../../text/ids.ts';
import { enqueue } from '../outbox/outbox.ts';
import { maintenanceAt } from '../schedule/maintenance.ts';
import { channelsOf, type NoticeDependencies } from './watch.ts';

/** Returns a function that announces newly missing events where failures of the environment are announced, except in maintenance. */
export const announceMissing =
  ({ config, clock, presenter }: Omit<NoticeDependencies, 'db'>) =>
  async (
    transaction: Transaction,
    environment: Environment,
    missing: readonly MissingEvent[],
  ): Promise<void> => {
    if (maintenanceAt(environment.maintenance, clock.now()) !== null) return;
    const id = randomId('ntc');
    const message = presenter.missingEvents(environment, missing);
    for (const channel of await channelsOf(config, transaction, environment.name))
      await enqueue(transaction, { channel, key: `missing ${id} ${channel}`, kind: 'post', message }, clock);
  };
