/** SpotDraft's regions. Each is a deployment with its own host. */
export type Region = 'in' | 'us' | 'me' | 'eu';

/** Documented hosts, one deployment per region. UAT has no separate host. */
export const regionHosts: Record<Region, string> = {
  in: 'api.in.spotdraft.com',
  us: 'api.us.spotdraft.com',
  me: 'api.me.spotdraft.com',
  eu: 'api.eu.spotdraft.com',
};

/** The path includes the version. Every read of Envcheck is documented under this one. */
export const PUBLIC_PATH = '/api/v2.1/public';

export const defaultBaseUrl = (region: Region): string => `https://${regionHosts[region]}${PUBLIC_PATH}`;

export interface BaseUrlProblems {
  /** Problem with scheme or path; null when there is none. */
  path: string | null;
  /** Problem with the host; null when there is none. */
  host: string | null;
}

/** Judges a base URL by its text alone. With a problem no request may leave, because it would carry the credentials. */
export function baseUrlProblems(
  baseUrl: string,
  region: Region,
  trustedHosts: readonly string[],
): BaseUrlProblems {
  const url = new URL(baseUrl);
  const trusted = trustedHosts.includes(url.host) || trustedHosts.includes(url.hostname);
  return { path: pathProblem(url, baseUrl, trusted), host: trusted ? null : hostProblem(url, region) };
}

function pathProblem(url: URL, asWritten: string, trusted: boolean): string | null {
  // Plain HTTP is allowed to a trusted server on this machine only: nothing crosses a network.
  if (url.protocol !== 'https:' && !(trusted && isLoopback(url.hostname)))
    return 'it does not use https, and SpotDraft redirects plain http';
  if (url.username || url.password) return 'it carries a user name or password';
  if (url.search || url.hash) return 'it carries a query or a fragment';
  // Taken as written, because URL() resolves dot segments silently.
  const path = asWritten.replace(/^[a-z]+:\/\/[^/]*/i, '');
  if (path === PUBLIC_PATH) return null;
  if (/\/api\/+api(?:\/|$)/.test(path)) return '/api is doubled';
  if (path === `${PUBLIC_PATH}/`)
    return 'it ends with a slash, which would double the one that every path begins with';
  if (/\/\//.test(path)) return 'it has a doubled slash';
  if (trusted && path.endsWith(PUBLIC_PATH)) return null;
  if (/^\/v\d/.test(path)) return '/api is missing';
  if (path === '' || path === '/') return `the path ${PUBLIC_PATH} is missing`;
  return `its path is ${path}`;
}

function hostProblem(url: URL, region: Region): string | null {
  if (url.host === regionHosts[region]) return null;
  const other = Object.entries(regionHosts).find(([, host]) => host === url.host)?.[0];
  if (other) return `it is the host of region ${other}, and the environment is in ${region}`;
  return `${url.host} is neither a host of SpotDraft's nor one of trustedHosts`;
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
