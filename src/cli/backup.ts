import type { Command } from 'commander';
import { backupDatabase } from '../store/backup.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { newFile } from './new-file.ts';
import { FORCE_OPTION } from './options.ts';

export function addBackup(program: Command, context: CommandContext): void {
  program
    .command('backup')
    .description('copy the database, even while the bot runs, and verify the copy')
    .argument('<file>', 'the file to create')
    .option(...FORCE_OPTION)
    .action((file: string, { force = false }: { force?: boolean }) =>
      context.run(() => backup(context, file, force)),
    );
}

async function backup(context: CommandContext, file: string, force: boolean): Promise<number> {
  const { terminal, cwd } = context;
  const { database } = context.loadConfig(false);
  const target = newFile(file, { cwd, force, database });
  try {
    const { bytes, migrations } = await backupDatabase(database, target.part, ({ copied, total }) =>
      terminal.status?.(
        copied < total ? `Copying: ${Math.floor((100 * copied) / total)} %` : 'Verifying the copy…',
      ),
    );
    target.publish();
    terminal.status?.('');
    terminal.out(
      `${file}: ${(bytes / 1_000_000).toFixed(1)} MB, complete and intact, up to migration ${migrations.at(-1)}\n` +
        `To restore it: stop Envcheck, remove ${database}-wal and ${database}-shm, copy the file to ${database}, start Envcheck.\n`,
    );
    return exitCodes.ok;
  } catch (error) {
    target.discard();
    terminal.status?.('');
    throw error;
  }
}
