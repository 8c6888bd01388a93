/** An e-mail address, also when it is URL-encoded once or several times. */
const ADDRESS = /[^\s/@](?:@|%(?:25)*40)[^\s/@]/i;

/** True when the text contains something like an e-mail address. */
export const containsAddress = (text: string): boolean => ADDRESS.test(text);

const MASK = '*';

/** Parameters of SpotDraft's public API whose values are numbers, times or booleans. */
const KEPT_PARAMETER =
  /^(?:page|limit|contract_type_id|include_archived|is_external|exclude_multi_party|(?:cp_types|tags)_all|filter__(?:contract_id|contract_type_id|created_at|execution_date|last_updated_on)(?:\[\$[a-z]{2,3}\])?)$/;
const KEPT_VALUE =
  /^(?:(?:[TH]-)?\d{1,15}|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?|true|false)$/i;
const PARAMETER_NAME = /^[\w.$[\]-]{1,64}$/;
const SECRET_NAME = /secret|token|key|pass|signature|credential|auth/i;

/**
 * The stored form of a call's path, without host and fragment. A query may contain names and addresses of people, so only
 * numbers, times and booleans of known parameters stay. `full` keeps the whole query, except parameters named like secrets.
 */
export function redactedPath(text: string, payloads: 'none' | 'redacted' | 'full'): string {
  const [beforeFragment = ''] = withoutHost(text).split('#');
  const at = beforeFragment.indexOf('?');
  const path = at < 0 ? beforeFragment : beforeFragment.slice(0, at);
  const query = at < 0 ? null : beforeFragment.slice(at + 1);
  const full = payloads === 'full';
  const kept = full ? path : path.split('/').map(keptSegment).join('/');
  if (query === null || query === '') return kept;
  const parameters = query.split('&').map(full ? withoutSecret : keptParameter);
  return `${kept}?${parameters.join('&')}`;
}

const withoutHost = (text: string): string => text.replace(/^https?:\/\/[^/?#]*/i, '') || '/';

const keptSegment = (segment: string): string => (containsAddress(segment) ? MASK : segment);

function keptParameter(parameter: string): string {
  const { name, value } = split(parameter);
  if (value === null || !PARAMETER_NAME.test(name)) return MASK;
  const kept = KEPT_PARAMETER.test(name) && value.split(',').every((part) => KEPT_VALUE.test(part));
  return `${name}=${kept ? value : MASK}`;
}

function withoutSecret(parameter: string): string {
  const { name } = split(parameter);
  return SECRET_NAME.test(name) ? `${PARAMETER_NAME.test(name) ? name : MASK}=${MASK}` : parameter;
}

function split(parameter: string): { name: string; value: string | null } {
  const at = parameter.indexOf('=');
  return at < 0
    ? { name: decoded(parameter), value: null }
    : { name: decoded(parameter.slice(0, at)), value: decoded(parameter.slice(at + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
