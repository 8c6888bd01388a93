/** One problem of a payload. `pointer` is a JSON pointer into the validated value. */
export interface Problem {
  pointer: string;
  message: string;
}

/** Adds the problems of a value to the list; none when it is valid. */
export type Rule = (value: unknown, pointer: string, problems: Problem[]) => void;

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Length in code points, as in JSON Schema, so that an emoji counts once. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** A string. Length problems have Slack's own wording ("must be less than 3001 characters"). */
export function string(limits: { min?: number; max?: number; pattern?: RegExp; what?: string } = {}): Rule {
  const { min = 1, max = Number.POSITIVE_INFINITY, pattern, what } = limits;
  return (value, pointer, problems) => {
    if (typeof value !== 'string') return void problems.push({ pointer, message: 'must be a string' });
    if (value.length < min) problems.push({ pointer, message: `must be more than ${min - 1} characters` });
    if (value.length > max && lengthOf(value) > max) {
      problems.push({ pointer, message: `must be less than ${max + 1} characters` });
    }
    if (pattern && !pattern.test(value))
      problems.push({ pointer, message: `must be a valid ${what ?? 'value'}` });
  };
}

export function url(max: number): Rule {
  const length = string({ max });
  return (value, pointer, problems) => {
    const before = problems.length;
    length(value, pointer, problems);
    const valid = problems.length > before || (URL.canParse(String(value)) && !/\s/.test(String(value)));
    if (!valid) problems.push({ pointer, message: 'must be a valid URL' });
  };
}

export const boolean: Rule = (value, pointer, problems) => {
  if (typeof value !== 'boolean') problems.push({ pointer, message: 'must be a boolean' });
};

export const number: Rule = (value, pointer, problems) => {
  if (typeof value !== 'number' || !Number.isFinite(value))
    problems.push({ pointer, message: 'must be a number' });
};

export function integer(min: number, max: number): Rule {
  return (value, pointer, problems) => {
    if (!Number.isInteger(value)) return void problems.push({ pointer, message: 'must be an integer' });
    if (Number(value) < min || Number(value) > max) {
      problems.push({ pointer, message: `must be between ${min} and ${max}` });
    }
  };
}

export function oneOf(...allowed: unknown[]): Rule {
  return (value, pointer, problems) => {
    if (!allowed.includes(value))
      problems.push({ pointer, message: `must be one of: ${allowed.join(', ')}` });
  };
}

export function list(item: Rule, limits: { min?: number; max?: number; unique?: boolean } = {}): Rule {
  const { min = 1, max = Number.POSITIVE_INFINITY, unique = false } = limits;
  return (value, pointer, problems) => {
    if (!Array.isArray(value)) return void problems.push({ pointer, message: 'must be an array' });
    if (value.length < min) problems.push({ pointer, message: `no less than ${min} items required` });
    // Items beyond the limit are not validated: one problem is enough, and a huge array stays cheap.
    if (value.length > max)
      return void problems.push({ pointer, message: `no more than ${max} items allowed` });
    if (unique && new Set(value).size < value.length)
      problems.push({ pointer, message: 'items must be unique' });
    value.forEach((each, index) => {
      item(each, `${pointer}/${index}`, problems);
    });
  };
}

/** An object with exactly these properties; a key that ends in `?` is optional. `also` runs for any object. */
export function object(properties: Record<string, Rule>, also?: ObjectRule): Rule {
  const rules = new Map(Object.entries(properties).map(([key, rule]) => [key.replace(/\?$/, ''), rule]));
  const required = Object.keys(properties).filter((key) => !key.endsWith('?'));
  return (value, pointer, problems) => {
    if (!isFields(value)) return void problems.push({ pointer, message: 'must be an object' });
    for (const key of required) {
      if (value[key] === undefined) problems.push({ pointer, message: `missing required field: ${key}` });
    }
    for (const [key, each] of Object.entries(value)) {
      const rule = rules.get(key);
      if (!rule) problems.push({ pointer, message: `invalid additional property: ${key}` });
      else if (each !== undefined) rule(each, `${pointer}/${escapeSegment(key)}`, problems);
    }
    also?.(value, pointer, problems);
  };
}

export type ObjectRule = (value: Fields, pointer: string, problems: Problem[]) => void;

/** Selects the rule by the object's `type`. The rule validates the whole object. */
export function byType(types: Record<string, Rule>): Rule {
  const rules = new Map(Object.entries(types));
  return (value, pointer, problems) => {
    if (!isFields(value)) return void problems.push({ pointer, message: 'must be an object' });
    if (value.type === undefined)
      return void problems.push({ pointer, message: 'missing required field: type' });
    const rule = rules.get(String(value.type));
    if (!rule)
      problems.push({ pointer: `${pointer}/type`, message: `unsupported type: ${String(value.type)}` });
    else rule(value, pointer, problems);
  };
}

export function either(first: Rule, second: Rule): Rule {
  return (value, pointer, problems) => {
    const firstProblems: Problem[] = [];
    first(value, pointer, firstProblems);
    if (firstProblems.length === 0) return;
    const secondProblems: Problem[] = [];
    second(value, pointer, secondProblems);
    if (secondProblems.length > 0) problems.push(...firstProblems);
  };
}

/** Requires exactly one of these keys. */
export function exactlyOne(...keys: string[]): ObjectRule {
  return (value, pointer, problems) => {
    const present = keys.filter((key) => value[key] !== undefined);
    if (present.length !== 1)
      problems.push({ pointer, message: `must have exactly one of: ${keys.join(', ')}` });
  };
}

export function atLeastOne(...keys: string[]): ObjectRule {
  return (value, pointer, problems) => {
    if (keys.every((key) => value[key] === undefined)) {
      problems.push({ pointer, message: `must have at least one of: ${keys.join(', ')}` });
    }
  };
}

function escapeSegment(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
