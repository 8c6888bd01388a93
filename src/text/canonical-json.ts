import stringify from 'json-stable-stringify';

/** JSON with sorted keys: equal values give equal bytes, whatever order their keys were set in. */
export function canonicalJson(value: unknown): string {
  const json = stringify(value);
  if (json === undefined) throw new TypeError('a value without a JSON form has no canonical JSON');
  return json;
}
