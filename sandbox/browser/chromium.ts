import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine, for pictures and tests; null where there is none. `CHROMIUM` names another one. */
export function findChromium(env: NodeJS.ProcessEnv): string | null {
  return [env.CHROMIUM ?? '', ...places].find((path) => path !== '' && existsSync(path)) ?? null;
}
