import type BetterSqlite3 from 'better-sqlite3';
import { type HoldOrder, prepareHolds } from './prune-holds.ts';
import { deliveryParts, type Part, plainParts, rowParts } from './prune-parts.ts';

/** Free pages (64 MB) that stay in the file for future deliveries. */
const SPARE_PAGES = 16_000;
/** Pages returned to the file system after a slice. */
const VACUUM_PAGES = 20;
/** Page cache of a pass, KiB: the inner pages of the indexes of ten million deliveries fit. */
const CACHE_KIB = 64_000;
/** Pages of write-ahead log at which the writing thread checkpoints itself during a pass. Before, another thread does. */
const OWN_CHECKPOINT_PAGES = 100_000;

/** The limits of one slice. Times in epoch ms. */
export interface PruneOrder extends HoldOrder {
  /** The slice ends after about this time, ms. */
  spendMs: number;
}

export interface Pruned {
  removed: number;
  /** False when this pass has looked at every row older than `before`; the next order begins a new pass. */
  more: boolean;
}

/**
 * Returns a function that removes one slice of the rows older than `before` (epoch ms), part by part, each part from its
 * oldest row on. The newest snapshot and report of each environment stay whatever their age, because they are its known
 * state; so do rows that a mark or an open failure holds. Synchronous, for the thread that writes the log.
 */
export function createPruner(sqlite: BetterSqlite3.Database): (order: PruneOrder) => Pruned {
  const holds = prepareHolds(sqlite);
  const [deliveries, rows, plain] = [deliveryParts(sqlite, holds), rowParts(sqlite), plainParts(sqlite)];
  /** The parts that this pass has not finished; null between two passes. */
  let left: Part[] | null = null;
  const slice = sqlite.transaction((order: PruneOrder): Pruned => {
    const until = performance.now() + order.spendMs;
    holds.refresh(order, left === null);
    // Outcomes lead to events, which therefore go first or stay.
    left ??= [...deliveries(), ...rows(), ...plain()];
    for (let removed = 0; ; ) {
      const step = left[0]?.(order.before) ?? null;
      if (step === null) left.shift();
      else removed += step;
      if (left.length === 0) return { removed, more: false };
      if (performance.now() >= until) return { removed, more: true };
    }
  });
  const usual = ['cache_size', 'wal_autocheckpoint'].map((name) => [
    name,
    sqlite.pragma(name, { simple: true }),
  ]);
  const endPass = () => {
    left = null;
    for (const [name, value] of usual) sqlite.pragma(`${name} = ${value}`);
  };
  return (order) => {
    if (left === null) {
      sqlite.pragma(`cache_size = -${CACHE_KIB}`);
      sqlite.pragma(`wal_autocheckpoint = ${OWN_CHECKPOINT_PAGES}`);
    }
    // A removal that a power failure undoes is made again; the next delivery's commit brings it to the disk too.
    sqlite.pragma('synchronous = normal');
    try {
      const pruned = slice.immediate(order);
      if (pruned.removed > 0 && Number(sqlite.pragma('freelist_count', { simple: true })) > SPARE_PAGES)
        sqlite.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
      if (!pruned.more) endPass();
      return pruned;
    } finally {
      sqlite.pragma('synchronous = full');
    }
  };
}
