import type { Command } from 'commander';
import { backupDatabase } from '../store/backup.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { newFile } from './new-file.ts';

export function addBackup(program: Command, context: CommandContext): void {
  program
    .command('backup')
    .description('copy the database, also while the bot runs, and check the copy')
    .argument('<file>', 'where to; it is not there yet')
    .option('--force', 'replace the file if it is there')
    .action((file: string, { force = false }: { force?: boolean }) =>
      context.run(() => backup(context, file, force))(),
    );
}

async function backup(context: CommandContext, file: string, force: boolean): Promise<number> {
  const { terminal } = context;
  const { database } = context.loadConfig(false);
  const target = newFile(file, force, database);
  try {
    const { bytes, migrations } = await backupDatabase(database, target.part, ({ copied, total }) =>
      terminal.status?.(
        copied < total ? `Copying: ${Math.floor((100 * copied) / total)} %` : 'Checking the copy…',
      ),
    );
    target.publish();
    terminal.status?.('');
    terminal.out(
      `${file}: ${(bytes / 1_000_000).toFixed(1)} MB, complete and whole, up to migration ${migrations.at(-1)}\n` +
        `To restore it: stop Envcheck, remove ${database}-wal and ${database}-shm, copy it to ${database}, start Envcheck.\n`,
    );
    return exitCodes.ok;
  } catch (error) {
    target.discard();
    terminal.status?.('');
    throw error;
  }
}
