import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './environment.ts';

export interface Certificate {
  key: string;
  cert: string;
}

export const NO_OPENSSL = 'openssl is not installed, and certificates are made with it';

/** A certificate that is valid for that many days from now; negative: it ended so long ago. null when openssl is missing. */
export function selfSigned(days: number, name = 'localhost'): Certificate | null {
  const folder = temporaryFolder();
  const [key, request, extensions, cert] = ['key.pem', 'request.pem', 'extensions', 'cert.pem'].map((file) =>
    join(folder, file),
  ) as [string, string, string, string];
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  writeFileSync(extensions, `subjectAltName=DNS:${name}\nbasicConstraints=critical,CA:TRUE\n`);
  try {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', ...kind, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    // `req -x509` accepts no negative number of days; `x509` does.
    const signing = ['-signkey', key, '-days', String(days), '-extfile', extensions];
    openssl('x509', '-req', '-in', request, ...signing, '-out', cert);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
