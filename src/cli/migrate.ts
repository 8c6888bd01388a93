import type { Command } from 'commander';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { systemClock } from '../time/clock.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';

export function addMigrate(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .description('bring the database up to date (`start` does this too)')
    .action(() =>
      context.run(async () => {
        const { terminal } = context;
        const { database } = context.loadConfig(false);
        const db = openDatabase(database);
        try {
          const ran = await migrate(db, systemClock);
          terminal.out(
            ran.length > 0 ? `${database}: ran ${ran.join(', ')}\n` : `${database} is up to date\n`,
          );
          return exitCodes.ok;
        } finally {
          await db.destroy();
        }
      }),
    );
}
