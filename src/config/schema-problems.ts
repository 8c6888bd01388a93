import type * as z from 'zod';
import { characterName } from '../text/character-names.ts';
import { keysOf } from './fields.ts';
import { isMapping, valueAt } from './parsed-values.ts';
import { didYouMean, type Path, type Problem, pathText } from './problem.ts';
import { isValueKind, type ValueKind, valueKinds } from './value-kinds.ts';
import type { MakeProblem } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

/** Translates zod's issues into problems. `content` is the file as parsed, before the schema. */
export function schemaProblems(issues: readonly Issue[], content: unknown, at: MakeProblem): Problem[] {
  return issues.flatMap((issue) => issueProblem(issue, [], content, at));
}

function issueProblem(issue: Issue, base: Path, content: unknown, at: MakeProblem): Problem[] {
  const path: Path = [...base, ...(issue.path as (string | number)[])];
  const value = valueAt(content, path);
  if (issue.code === 'unrecognized_keys')
    return unknownKeys(issue.keys, keysOf(issue.message) ?? [], path, value, at);
  const inside = issue.code === 'invalid_union' ? objectBranch(issue, value) : null;
  if (inside) return inside.flatMap((inner) => issueProblem(inner, path, content, at));

  const { allowed, remedy } = advice(issue, value);
  if (value === undefined) {
    const parent = pathText(path.slice(0, -1));
    const add = `add ${path.at(-1)}: ${parent === '' ? 'at the top level' : `under ${parent}`}`;
    return [at(path, { wrong: 'is missing', value, allowed, remedy: `${add}; ${remedy}` })];
  }
  if (value === null) {
    return [
      at(path, { wrong: 'has no value', value: undefined, allowed, remedy: `${remedy}; or remove the key` }),
    ];
  }
  const wrong =
    issue.message === 'secret'
      ? secretWrong(value)
      : (foreignCharacter(issue.message, value) ?? 'is not allowed');
  return [at(path, { wrong, value, allowed, remedy })];
}

/** Kinds of values that are written in ASCII. */
const asciiKinds: readonly string[] = [
  'slackUser',
  'slackGroup',
  'channel',
  'email',
  'slug',
] satisfies ValueKind[];

/** Names the first character of an id that looks like an ASCII one or cannot be seen, with its position from 1. */
function foreignCharacter(kind: string, value: unknown): string | null {
  if (!asciiKinds.includes(kind) || typeof value !== 'string') return null;
  const characters = [...value];
  const at = characters.findIndex((each) => !/[ -~]/.test(each));
  const foreign = characters[at];
  return foreign === undefined
    ? null
    : `has a character that is not ASCII at position ${at + 1}: ${characterName(foreign)}`;
}

function unknownKeys(
  keys: readonly string[],
  known: readonly string[],
  path: Path,
  value: unknown,
  at: MakeProblem,
): Problem[] {
  return keys.map((key) => {
    const meant = didYouMean(key, known);
    return at([...path, key], {
      wrong: 'is an unknown key',
      value: valueAt(value, [key]),
      allowed: `the keys ${known.join(', ')}`,
      remedy: meant === null ? 'remove it, or use one of the known keys' : `did you mean ${meant}?`,
      at: 'key',
    });
  });
}

/** Kinds of values that are a name or a section with a name. */
const nameOrSection: readonly string[] = ['scopedName', 'approval'] satisfies ValueKind[];

/** For `name or { name, environments }`: the issues inside the braces, when the file has braces. */
function objectBranch(issue: Issue & { code: 'invalid_union' }, value: unknown): readonly Issue[] | null {
  if (![...nameOrSection, 'readers'].includes(issue.message) || !isMapping(value)) return null;
  return (
    issue.errors.find(
      (branch) => !branch.some(({ code, path }) => code !== 'unrecognized_keys' && path.length === 0),
    ) ?? null
  );
}

function advice(issue: Issue, value: unknown): { allowed: string; remedy: string } {
  const { message } = issue;
  if (isValueKind(message)) {
    const quotable = message === 'name' || message === 'text' || nameOrSection.includes(message);
    if (quotable && (typeof value === 'number' || typeof value === 'boolean')) {
      return { allowed: valueKinds[message].allowed, remedy: `put it in quotes: "${value}"` };
    }
    return valueKinds[message];
  }
  const keys = keysOf(message);
  if (keys) {
    const named = `${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}`;
    return { allowed: `a section with the ${named}`, remedy: 'write key: value lines below it' };
  }
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String), value);
  // Unreachable with our schemas. The fallback still names the place and a next step.
  return {
    allowed: 'a value that `envcheck config schema` allows',
    remedy: 'compare it with envcheck.example.yaml',
  };
}

/** Lists the allowed values. A list that is too long for a line is cut, with the closest value first. */
function oneOf(values: readonly string[], value: unknown): { allowed: string; remedy: string } {
  const meant = typeof value === 'string' ? didYouMean(value, values) : null;
  const remedy = meant === null ? 'use one of these, in exactly this spelling' : `did you mean ${meant}?`;
  if (values.length <= 12) return { allowed: values.join(', '), remedy };
  const shown = [...new Set([...(meant === null ? [] : [meant]), ...values])].slice(0, 4);
  return {
    allowed: `${shown.join(', ')} and ${values.length - 4} more (envcheck config schema lists them)`,
    remedy,
  };
}

function secretWrong(value: unknown): string {
  if (!isMapping(value)) return 'is not a reference; secrets never go into the file';
  return 'env' in value && 'file' in value
    ? 'names both an env and a file'
    : 'does not say where the secret is';
}
