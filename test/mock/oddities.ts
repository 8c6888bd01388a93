import type { AnySchemaObject } from 'ajv';
import { type Draw, pick } from './draws.ts';

/** Beyond the integers that a number holds: 2^53 + 1, and the limits of 64 bits. */
const hugeIntegers = ['9007199254740993', '9223372036854775807', '-9223372036854775808'];
const oddTexts = [
  '',
  ' ',
  '\u200b',
  '\u0000',
  '__proto__',
  'constructor',
  '*',
  '/',
  '~1',
  '%2e%2e',
  'x'.repeat(3_000),
];

/** Texts that the config requires, by the field in which an answer has them. */
export type Names = Record<
  'name' | 'entity_name' | 'variable' | 'email' | 'title' | 'value',
  readonly string[]
>;

const namesFor = (names: Names, key: string): readonly string[] =>
  Object.hasOwn(names, key) ? names[key as keyof Names] : Object.values(names).flat();

/** `JSON.rawJSON` of Node, which TypeScript does not know yet: writes these digits as they are. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/**
 * Changes a random answer of the mock to legal answers that it never gives: optional fields are absent or null, as SpotDraft
 * documents; ids are negative, huge or repeated; texts are empty, odd, or one of `names`, so that required items are found at
 * times; lists are empty. `resolve` follows a `$ref`.
 */
export function withOddities(
  value: unknown,
  schema: AnySchemaObject,
  { draw, names, resolve }: { draw: Draw; names: Names; resolve: (ref: string) => AnySchemaObject },
): unknown {
  const change = (given: unknown, raw: AnySchemaObject, key: string): unknown => {
    const own = raw.$ref ? resolve(raw.$ref) : raw.allOf?.length === 1 ? { ...raw, ...raw.allOf[0] } : raw;
    if (own.$ref) return change(given, own, key);
    if (Array.isArray(given)) return changeList(given, own.items ?? {}, key);
    if (typeof given === 'object' && given !== null) return changeObject(given, own);
    if (own.type === 'integer') return draw(6) === 0 ? changeInteger() : given;
    if (own.type === 'string' && !own.enum && !own.format && !own.pattern) return changeText(given, own, key);
    // A schema without a type allows everything.
    return own.type || own.enum || own.oneOf || own.anyOf
      ? given
      : pick(draw, [given, null, '', 0, ['a'], { a: { b: 1 } }, false]);
  };
  const changeInteger = () =>
    draw(2) === 0
      ? pick(draw, [0, -1, -75354675, 2 ** 31, Number.MAX_SAFE_INTEGER])
      : rawJSON(pick(draw, hugeIntegers));
  const changeText = (given: unknown, { minLength = 0 }: AnySchemaObject, key: string) => {
    const kind = draw(10);
    const odd = oddTexts.filter((text) => text.length >= minLength);
    return kind < 5 ? pick(draw, namesFor(names, key)) : kind === 5 ? pick(draw, odd) : given;
  };
  const changeList = (given: unknown[], items: AnySchemaObject, key: string) => {
    if (draw(12) === 0) return [];
    const changed = given.map((item) => change(item, items, key));
    const [first] = changed;
    // A repeated item, and another item with the same id.
    if (first !== undefined && draw(10) === 0) changed.push(first);
    if (isRecord(first) && 'id' in first && draw(6) === 0)
      changed.push({ ...first, name: pick(draw, names.name) });
    return changed;
  };
  const changeObject = (given: object, own: AnySchemaObject) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([key, each]) => {
        const inner = own.properties?.[key];
        if (!inner) return [[key, each]];
        if (own.required?.includes(key) || draw(4) > 0) return [[key, change(each, inner, key)]];
        return draw(2) === 0 ? [] : [[key, null]];
      }),
    );
  return change(value, schema, '');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
