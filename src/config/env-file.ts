import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Reads `.env` of the folder into the environment, where there is one. What is set already stays as it is. */
export function loadEnvFile(folder: string): void {
  const file = join(folder, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
