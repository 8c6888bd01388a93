import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of this machine's Chromium, for pictures and tests; null when there is none. `$CHROMIUM` overrides it. */
export function findChromium(env: NodeJS.ProcessEnv): string | null {
  return [env.CHROMIUM ?? '', ...places].find((path) => path !== '' && existsSync(path)) ?? null;
}
