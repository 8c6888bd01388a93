import { sql } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

// Run as a process: says on stderr that it is ready, then opens and migrates the given file. `die` kills it in the middle of a migration.
const [file = '', how] = process.argv.slice(2);
process.stderr.write('ready');
const db = openDatabase(file);
const fatal = {
  name: '9999-fatal',
  up: async (transaction: Parameters<(typeof migrations)[number]['up']>[0]) => {
    await transaction.schema.createTable('half').addColumn('id', 'integer').execute();
    await sql`insert into half values (1)`.execute(transaction);
    process.kill(process.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  },
};
const ran = await migrate(db, { now: () => 7 }, how === 'die' ? [...migrations, fatal] : migrations);
process.stdout.write(JSON.stringify(ran));
await db.destroy();
