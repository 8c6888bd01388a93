import type { Environment } from './config.ts';

type Named = Pick<Environment, 'name'>;

/** Path at which this environment's webhooks arrive, below whatever path the public URL has. */
export const ownWebhookPath = ({ name }: Named, publicUrl: string | null): string =>
  `${publicUrl ? new URL(publicUrl).pathname.replace(/\/$/, '') : ''}/webhooks/${name}`;

export const ownWebhookUrl = ({ name }: Named, publicUrl: string | null): string =>
  `${publicUrl ?? 'https://<your host>'}/webhooks/${name}`;

/** Why webhooks sent there would not arrive as this environment's; null: they would. */
export function webhookUrlProblem(url: string, environment: Named, publicUrl: string | null): string | null {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'https:') return 'not https, and SpotDraft takes nothing else';
  return pathname === ownWebhookPath(environment, publicUrl) ? null : `its path is ${pathname}`;
}

/** Whether two URLs lead to one receiver, however they are written. */
export const isSameEndpoint = (left: string, right: string): boolean =>
  normalised(left) === normalised(right);

/** Case of the host, default port and dot segments go with `URL`; the trailing slash and the scheme here. */
function normalised(raw: string): string {
  const url = new URL(raw);
  return `${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

/** As messages show it: a login and a query may be secret. */
export function maskedUrl(raw: string): string {
  const { protocol, username, password, host, pathname, search } = new URL(raw);
  const login = username === '' && password === '' ? '' : '[secret]@';
  return `${protocol}//${login}${host}${pathname}${search === '' ? '' : '?[secret]'}`;
}
