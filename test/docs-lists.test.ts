import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { switches } from '../sandbox/browser/switches.ts';
import { createProgram } from '../src/cli/command-line.ts';
import { processTerminal } from '../src/cli/terminal.ts';
import { readProcessSettings } from '../src/config/process-settings.ts';
import { checks } from '../src/readiness/checks/index.ts';
import { verbs } from '../src/slack/commands/parse.ts';
import { manifestScopes, optionalScopes } from '../src/slack/scopes.ts';

const text = (file: string): string => readFileSync(join(import.meta.dirname, '..', file), 'utf8');

/** The text below a heading, up to the next heading of the same level. */
function section(page: string, heading: string): string {
  const [, body] = page.split(`\n${heading}\n`);
  if (body === undefined) throw new Error(`no section "${heading}"`);
  return body.split(`\n${heading.split(' ')[0]} `)[0] ?? '';
}

/** The code at the beginning of each item of a list; an item may begin with several, separated by commas. */
const listedCode = (list: string): string[] =>
  [...list.matchAll(/^- ((?:`[^`]+`(?:, )?)+)/gm)].flatMap(([, codes = '']) =>
    [...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );

describe('docs/operations.md', () => {
  it('names for each fault tests that exist, by file and title', () => {
    const rows = section(text('docs/operations.md'), '## Faults')
      .split('\n')
      .filter((line) => /^\| (?!fault |-)/.test(line));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const cells = row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim());
      expect(cells, row).toHaveLength(5);
      expect(cells.every(Boolean), row).toBe(true);
      const tests = [...row.matchAll(/\]\(\.\.\/(test\/[^)]+)\): “([^”]+)”/g)];
      expect(tests.length, row).toBe(row.split('](').length - 1);
      expect(tests.length, row).toBeGreaterThan(0);
      for (const [, file = '', title = ''] of tests) {
        const quoted = ["'", '`'].map((quote) => `${quote}${title}${quote},`);
        expect(
          quoted.some((each) => text(file).includes(each)),
          `${file}: ${title}`,
        ).toBe(true);
      }
    }
  });
});

describe('docs/command-line.md', () => {
  it('lists every command of the program with its arguments and options, and no other', () => {
    const documented = [...text('docs/command-line.md').matchAll(/^- `([^`]+)`:/gm)].map(([, code]) => code);
    const terminal = processTerminal(process.stdout, process.stderr);
    const { program } = createProgram({
      terminal,
      env: {},
      cwd: '/',
      stdin: () => process.stdin,
      nextSignal: () => new Promise<never>(() => {}),
      exit: () => {},
    });
    expect(documented.toSorted()).toEqual(synopses(program, '').toSorted());
  });
});

describe('docs/slack.md', () => {
  const page = text('docs/slack.md');
  const commands = section(page, '## Commands');

  it('lists every verb of /envcheck, and no other', () => {
    const documented = [...commands.matchAll(/^- `\/envcheck (\w+)/gm)].map(([, verb]) => verb);
    expect([...new Set(documented)].toSorted()).toEqual([...new Set(Object.values(verbs))].toSorted());
  });

  it('lists every other word for a verb, and no other', () => {
    const documented = [...commands.matchAll(/^- `(\w+)`: ((?:`[^`]+`(?:, )?)+)$/gm)].flatMap(
      ([, verb = '', words = '']) => [...words.matchAll(/`([^`]+)`/g)].map(([, word]) => `${word}: ${verb}`),
    );
    const known = Object.entries(verbs)
      .filter(([word, verb]) => word !== verb)
      .map(([word, verb]) => `${word}: ${verb}`);
    expect(documented.toSorted()).toEqual(known.toSorted());
  });

  it('gives a reason for every scope of the manifest, and for no other', () => {
    const documented = listedCode(section(page, '## Permissions of the app'));
    expect(documented.toSorted()).toEqual([...manifestScopes, ...optionalScopes].toSorted());
  });
});

describe('docs/checks.md', () => {
  it('lists every check in the order of a report, and no other', () => {
    const documented = [...text('docs/checks.md').matchAll(/^- `([\w-]+\.[\w<>-]+)` /gm)].map(([, id]) => id);
    expect(documented).toEqual([...checks.map(({ id }) => id), 'sign-offs.<id>']);
  });
});

describe('docs/sandbox.md', () => {
  it('lists every switch of the page in its order, and no other', () => {
    const documented = [...text('docs/sandbox.md').matchAll(/^\| (?!switch |-)(.+?) +\|/gm)].map(
      ([, title]) => title,
    );
    expect(documented).toEqual(switches.map(({ title }) => title));
  });
});

describe('docs/configuration.md', () => {
  it('lists every environment variable that the program reads by its own name, and no other', () => {
    const read = new Set<string>(['ENVCHECK_CONFIG']);
    const env = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void read.add(String(name)) });
    readProcessSettings(env, true);
    const documented = listedCode(section(text('docs/configuration.md'), '## Environment variables'));
    expect(documented.toSorted()).toEqual([...read].toSorted());
  });
});

describe('docs/dependencies.md', () => {
  it('has one line for every runtime dependency, and for no other', () => {
    const { dependencies } = JSON.parse(text('package.json')) as { dependencies: Record<string, string> };
    expect(listedCode(text('docs/dependencies.md')).toSorted()).toEqual(Object.keys(dependencies).toSorted());
  });
});

describe('README.md', () => {
  it('fits on two screens: at most 120 lines, and no table wider than 100 columns', () => {
    const lines = text('README.md').split('\n');
    expect(lines.length).toBeLessThanOrEqual(120);
    expect(lines.filter((line) => line.startsWith('|') && line.length > 100)).toEqual([]);
  });
});

/** The words of each command: its path, arguments and options, without those that only group others. */
function synopses(command: Command, path: string): string[] {
  return command.commands.flatMap((each) => {
    const name = `${path}${each.name()}`;
    const nested = synopses(each, `${name} `);
    if (nested.length > 0 && each.registeredArguments.length === 0) return nested;
    const args = each.registeredArguments.map((argument) => {
      const shown = `${argument.name()}${argument.variadic ? '...' : ''}`;
      return argument.required ? `<${shown}>` : `[${shown}]`;
    });
    const options = each.options
      .filter(({ hidden }) => !hidden)
      .map(({ mandatory, flags }) => (mandatory ? flags : `[${flags}]`));
    return [[name, ...args, ...options].join(' '), ...nested];
  });
}
