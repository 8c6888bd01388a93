import { sql } from 'kysely';
import { pack, unpack } from './packed-json.ts';
import type { Transaction } from './transaction.ts';

/** Tables with one row per name, subject or channel, in which both names may have an open row: the one of `to` stays open. */
const ENDED_AT: Readonly<Record<string, string>> = {
  waivers: 'ended_at',
  subscriptions: 'ended_at',
  differences: 'resolved_at',
};
/** Digests per place in which the environment gets its new name. The next digest is compared with one of them. */
const DIGESTS = 100;

/**
 * Gives every row of an environment its new name, in all tables but the audit, whose entries are never changed. Append-only
 * tables follow too: a name in the config is no part of what a person stated. Returns the number of rows; 0 when nothing has
 * the former name. `at`: epoch ms.
 */
export async function renameEnvironment(
  transaction: Transaction,
  { from, to, at }: { from: string; to: string; at: number },
): Promise<number> {
  let renamed = 0;
  for (const { table, column } of await environmentColumns(transaction)) {
    const { rows: named } =
      await sql`select 1 from ${sql.table(table)} where ${sql.ref(column)} = ${from} limit 1`.execute(
        transaction,
      );
    if (named.length > 0)
      renamed += await withoutTriggers(transaction, table, () =>
        renameIn(transaction, { table, column, from, to, at }),
      );
  }
  return renamed + (await renameInDigests(transaction, from, to));
}

async function renameIn(
  transaction: Transaction,
  { table, column, from, to, at }: { table: string; column: string; from: string; to: string; at: number },
): Promise<number> {
  const [rows, name] = [sql.table(table), sql.ref(column)];
  const update = async () =>
    Number(
      (await sql`update or ignore ${rows} set ${name} = ${to} where ${name} = ${from}`.execute(transaction))
        .numAffectedRows ?? 0n,
    );
  let renamed = await update();
  const ended = ENDED_AT[table];
  if (ended !== undefined) {
    const end = sql.ref(ended);
    await sql`update ${rows} set ${end} = ${at} where ${name} = ${from} and ${end} is null`.execute(
      transaction,
    );
    renamed += await update();
  }
  // The environment has a newer row of its own.
  await sql`delete from ${rows} where ${name} = ${from}`.execute(transaction);
  return renamed;
}

/** Drops the triggers that guard a table and creates them again as the schema has them, in the same transaction. */
async function withoutTriggers<Result>(
  transaction: Transaction,
  table: string,
  act: () => Promise<Result>,
): Promise<Result> {
  const { rows: triggers } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where type = 'trigger' and tbl_name = ${table}`.execute(transaction);
  for (const { name } of triggers) await sql`drop trigger ${sql.ref(name)}`.execute(transaction);
  const result = await act();
  for (const { sql: text } of triggers) await sql.raw(text).execute(transaction);
  return result;
}

/** The columns that hold the name of an environment, from the schema itself, so that a new table is not forgotten. */
async function environmentColumns(transaction: Transaction): Promise<{ table: string; column: string }[]> {
  const { rows } = await sql<{ table: string; column: string }>`
    select tables.name as "table", columns.name as "column"
    from sqlite_master as tables join pragma_table_info(tables.name) as columns
    where tables.type = 'table' and tables.name not in ('audit') and tables.name not like 'sqlite_%'
      and columns.name in ('environment', 'left_environment')
    order by 1, 2`.execute(transaction);
  return rows;
}

interface NamedState {
  environments: Record<string, unknown>;
  pairs: Record<string, unknown>;
}

async function renameInDigests(transaction: Transaction, from: string, to: string): Promise<number> {
  const places = await transaction.selectFrom('digests').select(['report', 'channel']).distinct().execute();
  let renamed = 0;
  for (const { report, channel } of places) {
    const rows = await transaction
      .selectFrom('digests')
      .select(['key', 'state'])
      .where('report', '=', report)
      .where('channel', '=', channel)
      .orderBy('key', 'desc')
      .limit(DIGESTS)
      .execute();
    for (const { key, state } of rows) {
      const before = unpack(state) as NamedState;
      const after = {
        ...before,
        environments: withName(before.environments, (name) => (name === from ? to : name)),
        // Both names of the pair.
        pairs: withName(before.pairs, (pair) =>
          pair
            .split(' ')
            .map((name) => (name === from ? to : name))
            .join(' '),
        ),
      };
      const packed = pack(after);
      if (packed.equals(pack(before))) continue;
      await transaction.updateTable('digests').set({ state: packed }).where('key', '=', key).execute();
      renamed += 1;
    }
  }
  return renamed;
}

/** A row that already has the new name is newer and stays. */
const withName = (
  record: Record<string, unknown>,
  nameOf: (name: string) => string,
): Record<string, unknown> => ({
  ...Object.fromEntries(Object.entries(record).map(([name, value]) => [nameOf(name), value])),
  ...Object.fromEntries(Object.entries(record).filter(([name]) => nameOf(name) === name)),
});
