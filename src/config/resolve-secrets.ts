import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isStandIn } from '../text/placeholder.ts';
import { environmentNamesIn, isMapping, valueAt } from './parsed-values.ts';
import { type Path, type Problem, pathText } from './problem.ts';
import { Secret } from './secret.ts';
import { valueKinds } from './value-kinds.ts';
import type { MakeProblem } from './yaml-file.ts';

export interface ResolvedSecrets {
  /** Secrets by the path of their reference, as `pathText` writes it. */
  secrets: ReadonlyMap<string, Secret>;
  problems: Problem[];
}

const placesInEnvironment: Path[] = [
  ['credentials', 'clientId'],
  ['credentials', 'clientSecret'],
  ['intake', 'token'],
];

/** Looks up every well-formed `{ env }` and `{ file }`. The schema refuses the others. */
export function resolveSecrets(
  content: Record<string, unknown>,
  options: { env: NodeJS.ProcessEnv; folder: string; at: MakeProblem },
): ResolvedSecrets {
  const secrets = new Map<string, Secret>();
  const problems: Problem[] = [];
  const environments = environmentNamesIn(content);
  const places: Path[] = [
    ...environments.flatMap((name) => placesInEnvironment.map((place) => ['environments', name, ...place])),
    ['record', 'key'],
  ];
  for (const path of places) {
    const found = lookUp(valueAt(content, path), options);
    if (found === null) continue;
    if (found instanceof Secret) secrets.set(pathText(path), found);
    else problems.push(options.at(path, { ...found, value: undefined, allowed: valueKinds.secret.allowed }));
  }
  return { secrets, problems };
}

type Complaint = { wrong: string; remedy: string };

function lookUp(
  reference: unknown,
  { env, folder }: { env: NodeJS.ProcessEnv; folder: string },
): Secret | Complaint | null {
  if (!isMapping(reference) || Object.keys(reference).length !== 1) return null;
  const { env: variable, file } = reference;
  if (typeof variable === 'string' && /^[A-Za-z_]\w*$/.test(variable)) return fromVariable(variable, env);
  if (typeof file === 'string' && file.trim() !== '') return fromFile(file, folder);
  return null;
}

function fromVariable(variable: string, env: NodeJS.ProcessEnv): Secret | Complaint {
  const shown = looksLikeVariable(variable) ? variable : 'the variable named here';
  const value = env[variable];
  if (value === undefined)
    return { wrong: 'names an environment variable that is not set', remedy: `set ${shown}` };
  if (value === '')
    return { wrong: 'names an environment variable that is empty', remedy: `give ${shown} a value` };
  if (isStandIn(value))
    return {
      wrong: 'names an environment variable with a placeholder in it',
      remedy: `give ${shown} the real value`,
    };
  if (isOneLine(value)) return new Secret(value);
  return {
    wrong: 'names an environment variable with blanks or line breaks in its value',
    remedy: `correct ${shown}`,
  };
}

function fromFile(file: string, folder: string): Secret | Complaint {
  try {
    const value = readFileSync(resolve(folder, file), 'utf8').replace(/[\r\n]+$/, '');
    if (value === '')
      return { wrong: 'names a file that is empty', remedy: 'write the secret into the file' };
    if (isStandIn(value))
      return { wrong: 'names a file with a placeholder in it', remedy: 'write the secret into the file' };
    if (isOneLine(value)) return new Secret(value);
    return {
      wrong: 'names a file with more than one line, or with blanks',
      remedy: 'leave only the secret in the file',
    };
  } catch (error) {
    // The path is not shown, because people have put the secret itself there.
    const { code } = error as NodeJS.ErrnoException;
    return {
      wrong: `names a file that cannot be read (${code ?? 'unknown error'})`,
      remedy: `check path and permissions; a relative path starts from ${folder}`,
    };
  }
}

/** A secret is sent in an HTTP header, which cannot contain line breaks. Blanks come from careless copying. */
const isOneLine = (value: string): boolean => /^[\x21-\x7e]+$/.test(value);

/** Only text that looks like the name of a variable is shown, because people have put the secret itself in its place. */
const looksLikeVariable = (text: string): boolean => /^[A-Z]+[0-9]{0,2}(?:_[A-Z]*[0-9]{0,4})*$/.test(text);
