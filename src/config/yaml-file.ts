import { readFileSync, statSync } from 'node:fs';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Path, type Problem, pathText, showValue } from './problem.ts';

const MAX_BYTES = 1024 * 1024;

/** The content of the file, or the problems that prevent reading it. */
export interface YamlFile {
  /** The parsed mapping; null when there is none, and `problems` says why. */
  content: Record<string, unknown> | null;
  problems: Problem[];
  at: MakeProblem;
}

/** Makes a problem of this file. `at: 'key'` points to the key when the value is not at fault. */
export type MakeProblem = (
  path: Path,
  problem: { wrong: string; value: unknown; allowed: string; remedy: string; at?: 'key' | 'value' },
) => Problem;

/** Reads and parses the file. `shownAs` is its name in messages. The caller handles a missing file. */
export function readYamlFile(file: string, shownAs: string): YamlFile {
  const whole = wholeFileProblem(shownAs);
  const at: MakeProblem = (path, { wrong, value, allowed, remedy }) =>
    whole(wrong, allowed, remedy, pathText(path), showValue(value, path));
  const fail = (problem: Problem): YamlFile => ({ content: null, problems: [problem], at });

  const read = readText(file, whole);
  if (typeof read !== 'string') return fail(read);
  const lines = new LineCounter();
  try {
    // prettyErrors would quote the line, which may contain a secret.
    const options = { lineCounter: lines, prettyErrors: false, logLevel: 'error' } as const;
    const document = parseDocument(read, options);
    return judgeDocument(document, lines, shownAs);
  } catch (error) {
    // yaml throws for aliases that multiply or lead nowhere, and extreme nesting overflows the stack.
    if (error instanceof ReferenceError || error instanceof RangeError) {
      return fail(
        whole(
          'has aliases that multiply or lead nowhere, or is nested too deeply',
          'few aliases (*name), each after its anchor (&name)',
          'write the repeated part out instead of using an alias',
        ),
      );
    }
    throw error;
  }
}

function judgeDocument(document: Document, lines: LineCounter, shownAs: string): YamlFile {
  const at: MakeProblem = (path, { wrong, value, allowed, remedy, at: target = 'value' }) => {
    const { line, col } = lines.linePos(offsetOf(document, path, target));
    const text = pathText(path);
    const place = `${shownAs}:${line}:${col}${text === '' ? '' : ` ${text}`}`;
    return { place, path: text, wrong, value: showValue(value, path), allowed, remedy };
  };
  const faults = [...document.errors, ...danglingAliases(document), ...document.warnings];
  const faultProblems = faults.map((fault) => syntaxProblem(fault, lines, shownAs));
  // After a repeated key or an unknown tag the rest is still reliable. After other faults it may not be.
  if (faults.some(({ code }) => code !== 'DUPLICATE_KEY' && code !== 'TAG_RESOLVE_FAILED')) {
    return { content: null, problems: firstOfEachLine(faultProblems), at };
  }

  const content: unknown = document.toJS({ maxAliasCount: 100 });
  if (isMap(document.contents))
    return { content: content as Record<string, unknown>, problems: faultProblems, at };
  const wrong = content === null || content === undefined ? 'is empty' : 'is not a mapping of keys to values';
  const topLevel = {
    wrong,
    // The value is not shown, because a file that is not a mapping may be anything, even a key file.
    value: undefined,
    allowed: 'a mapping with at least the key environments',
    remedy: 'start from the example: cp envcheck.example.yaml envcheck.yaml',
  };
  return { content: null, problems: [...faultProblems, at([], topLevel)], at };
}

function readText(file: string, whole: ReturnType<typeof wholeFileProblem>): string | Problem {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) {
      return whole('is a folder', 'a YAML file', 'name the file in it: --config FOLDER/envcheck.yaml');
    }
    const tooLarge = () =>
      whole('is over 1 MiB', 'a YAML file of at most 1 MiB', 'check that it is the right file');
    if (stat.size > MAX_BYTES) return tooLarge();
    const bytes = readFileSync(file);
    // Checked again, because a pipe has no size before it is read.
    if (bytes.length > MAX_BYTES) return tooLarge();
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError)
      return whole('is not text in UTF-8', 'a YAML file in UTF-8', 'save it as UTF-8');
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return whole(
      `cannot be read (${code})`,
      'a YAML file that this process may read',
      'check that it is there, and its owner and permissions',
    );
  }
}

const wholeFileProblem =
  (shownAs: string) =>
  (wrong: string, allowed: string, remedy: string, path = '', value: string | null = null): Problem => ({
    place: path === '' ? shownAs : `${shownAs} ${path}`,
    path,
    wrong,
    value,
    allowed,
    remedy,
  });

const syntaxWording: Partial<Record<YAMLError['code'], [wrong: string, allowed: string, remedy: string]>> = {
  DUPLICATE_KEY: ['repeats a key of the same section', 'each key once', 'merge the two, or remove one'],
  TAB_AS_INDENT: ['is indented with a tab', 'spaces', 'replace the tab with spaces'],
  BAD_INDENT: [
    'is indented differently from its neighbours, or an earlier bracket is still open',
    'the same indentation for all keys of a section; brackets in pairs',
    'align the line, or close the bracket above it',
  ],
  RESOURCE_EXHAUSTION: ['is nested too deeply', 'a few levels', 'check that it is the right file'],
  MULTIPLE_DOCS: ['begins a second document', 'one document in the file', 'remove the line ---'],
  TAG_RESOLVE_FAILED: [
    'has an unknown tag (!…)',
    'values without tags',
    'remove the word that starts with !',
  ],
  BAD_ALIAS: ['is an alias without its anchor', '*name after a &name', 'write the value out'],
  MISSING_CHAR: ['lacks a closing quote or bracket', 'quotes and brackets in pairs', 'add the closing one'],
};

/** Keeps the first fault of each line, because later faults on the same line mostly follow from it. */
function firstOfEachLine(problems: readonly Problem[]): Problem[] {
  const lineOf = ({ place }: Problem): string => place.replace(/:\d+$/, '');
  const first = new Map(problems.toReversed().map((problem) => [lineOf(problem), problem]));
  return problems.filter((problem) => first.get(lineOf(problem)) === problem);
}

type SyntaxFault = Pick<YAMLError, 'code' | 'pos'>;

/** Finds each `*name` without a `&name` before it. yaml would throw for the first one only, without its line. */
function danglingAliases(document: Document): SyntaxFault[] {
  const found: SyntaxFault[] = [];
  visit(document, {
    Alias(_key, alias) {
      const start = alias.range?.[0] ?? 0;
      if (!alias.resolve(document)) found.push({ code: 'BAD_ALIAS', pos: [start, start] });
    },
  });
  return found;
}

function syntaxProblem(error: SyntaxFault, lines: LineCounter, shownAs: string): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  const [wrong, allowed, remedy] = syntaxWording[error.code] ?? [
    `is not valid YAML (${error.code})`,
    'key: value, indented with spaces; quotes around text with special characters',
    'check indentation, colons, quotes and brackets in this line and the one above',
  ];
  return { place: `${shownAs}:${line}:${col}`, path: '', wrong, value: null, allowed, remedy };
}

/** The offset at which the path's value (or key) begins; when it does not exist, that of the nearest section above it. */
function offsetOf(document: Document, path: Path, target: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = isMap(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.findLast(
        ({ key }) => String(isScalar(key) ? (key.value ?? '') : key) === String(step),
      );
      if (!pair) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else break;
    if (index === path.length - 1 && target === 'value') offset = startOf(node) ?? offset;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
