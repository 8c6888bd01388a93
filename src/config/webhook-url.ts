import type { Environment } from './config.ts';

type Named = Pick<Environment, 'name'>;

/** The path at which this environment's webhooks arrive, including the path of the public URL. */
export const ownWebhookPath = ({ name }: Named, publicUrl: string | null): string =>
  `${publicUrl ? new URL(publicUrl).pathname.replace(/\/$/, '') : ''}/webhooks/${name}`;

export const ownWebhookUrl = ({ name }: Named, publicUrl: string | null): string =>
  `${publicUrl ?? 'https://<your host>'}/webhooks/${name}`;

/** The reason why webhooks sent to this URL would not arrive as this environment's; null when they would. */
export function webhookUrlProblem(url: string, environment: Named, publicUrl: string | null): string | null {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'https:') return 'not https; SpotDraft accepts only https';
  return pathname === ownWebhookPath(environment, publicUrl) ? null : `its path is ${pathname}`;
}

/** Returns true when two URLs lead to the same receiver, even if they are written differently. */
export const isSameEndpoint = (left: string, right: string): boolean =>
  normalised(left) === normalised(right);

/**
 * `URL` normalises the case of the host, the default port and dot segments. This drops the scheme, the query, trailing and doubled
 * slashes and the dot behind the host, and decodes escapes of letters, digits and `-._~`, which mean the same.
 */
function normalised(raw: string): string {
  const { hostname, port, pathname } = new URL(raw);
  const path = pathname.replace(/%(?:2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/gi, decodeURIComponent);
  return `${hostname.replace(/\.$/, '')}:${port}${path.replace(/\/+/g, '/').replace(/\/$/, '')}`;
}

/** The URL for messages, with its login and query masked because they may be secret. */
export function maskedUrl(raw: string): string {
  const { protocol, username, password, host, pathname, search } = new URL(raw);
  const login = username === '' && password === '' ? '' : '[secret]@';
  return `${protocol}//${login}${host}${pathname}${search === '' ? '' : '?[secret]'}`;
}

/** True when another environment receives at this one's webhook URL, by a webhook or by a receiver of the integration. */
export const sharesWebhookUrl = (
  { name, webhooks }: Environment,
  environments: readonly Environment[],
): boolean =>
  webhooks !== null &&
  environments
    .filter((other) => other.name !== name)
    .flatMap((other) => [
      ...(other.webhooks ? [other.webhooks.url] : []),
      ...other.receivers.map(({ url }) => url),
    ])
    .some((url) => isSameEndpoint(url, webhooks.url));
