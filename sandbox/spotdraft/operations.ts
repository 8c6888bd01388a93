/** Base path of all v2.1 operations. Regional hosts are configured without it. */
export const API_PATH = '/api/v2.1/public';

/**
 * The simulated operations of SpotDraft's API document. Paths are below API_PATH, with or without a trailing slash exactly
 * as documented. `by_external_metadata` precedes `external_metadata`, because the first match applies and an external id
 * may be "external_metadata".
 */
export const operations = [
  { id: 'contract_types', method: 'GET', path: '/contract_types/' },
  { id: 'contract_type_entities', method: 'GET', path: '/contract_types/{contract_type_id}/entities' },
  { id: 'intake_form', method: 'GET', path: '/contract_types/{contract_type_id}/intake_form/questionnaire/' },
  { id: 'templates', method: 'GET', path: '/templates/' },
  { id: 'template', method: 'GET', path: '/templates/{template_id}/' },
  { id: 'template_metadata', method: 'GET', path: '/templates/{template_id}/metadata' },
  { id: 'key_pointers', method: 'GET', path: '/key_pointers/' },
  { id: 'entities', method: 'GET', path: '/organizations/entities/' },
  { id: 'roles', method: 'GET', path: '/auth/roles/' },
  { id: 'users', method: 'GET', path: '/auth/users/' },
  { id: 'feature_flags', method: 'POST', path: '/workspace/feature-flags/' },
  { id: 'analytics_query', method: 'POST', path: '/analytics/query/' },
  { id: 'hmac_key', method: 'GET', path: '/webhooks/hmac_key/' },
  { id: 'webhooks_create', method: 'POST', path: '/webhooks/' },
  { id: 'webhooks_delete', method: 'DELETE', path: '/webhooks/{webhook_id}' },
  { id: 're_trigger', method: 'POST', path: '/contracts/webhooks/re_trigger_latest/' },
  { id: 'contracts', method: 'GET', path: '/contracts/' },
  {
    id: 'by_external_metadata',
    method: 'GET',
    path: '/contracts/by_external_metadata/{external_metadata_id}',
  },
  { id: 'external_metadata', method: 'GET', path: '/contracts/{contract_id}/external_metadata' },
  { id: 'contract_status', method: 'GET', path: '/contracts/{composite_id}/status' },
] as const;

export type OperationId = (typeof operations)[number]['id'];

export type Match =
  | { kind: 'operation'; id: OperationId; parameters: Record<string, string> }
  /** The documented path differs only in the trailing slash; `path` is the documented one. */
  | { kind: 'slash'; path: string }
  | { kind: 'method'; allowed: string[] }
  | { kind: 'unknown' };

/** Documented patterns of path parameters. Any other parameter is one path segment. */
const parameterPatterns: Record<string, string> = {
  contract_type_id: '\\d+',
  template_id: '\\d+',
  webhook_id: '\\d+',
  composite_id: '[HT\\-0-9]+',
};

const routes = operations.map((operation) => ({
  ...operation,
  pattern: new RegExp(
    `^${API_PATH}${operation.path.replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>${parameterPatterns[name] ?? '[^/]+'})`)}$`,
  ),
}));

/** Finds the operation of a request. @param path as received: not decoded, not normalised, without the query */
export function matchPath(method: string, path: string): Match {
  const here = routes.filter((route) => route.pattern.test(path));
  const route = here.find((each) => each.method === method);
  if (route) {
    const parameters = decodeAll(route.pattern.exec(path)?.groups ?? {});
    return parameters ? { kind: 'operation', id: route.id, parameters } : { kind: 'unknown' };
  }
  if (here.length > 0) return { kind: 'method', allowed: [...new Set(here.map((each) => each.method))] };
  if (path.includes('//')) return { kind: 'unknown' };
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  return routes.some((each) => each.pattern.test(other))
    ? { kind: 'slash', path: other }
    : { kind: 'unknown' };
}

function decodeAll(groups: Record<string, string>): Record<string, string> | null {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    // A stray percent sign addresses no resource.
    return null;
  }
}
