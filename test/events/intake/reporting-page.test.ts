import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callSchema } from '../../../src/events/intake/call.ts';
import { outcomeSchema } from '../../../src/events/intake/outcome.ts';
import { startIntake, tokens } from './start-intake.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reporting.md'), 'utf8');

/** The first code block in this language. */
const example = (language: string): string =>
  page.split(`\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? `no ${language} example`;

async function execute(command: string, args: string[], url: string) {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ENVCHECK_URL: url, ENVCHECK_TOKEN: tokens.prod },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

it('the curl, Node and Python examples store the call or outcome they show', async () => {
  const { url, rows } = await startIntake();
  const ran = [
    await execute('sh', ['-c', example('sh')], url),
    await execute(process.execPath, ['--input-type=module', '--eval', example('js')], url),
    await execute('python3', ['-c', example('python')], url),
  ];
  expect(ran.map(({ code, err }) => ({ code, err }))).toEqual(ran.map(() => ({ code: 0, err: '' })));
  for (const { out } of ran) expect(out).toMatch(/accepted['"]?: ?1\b/);
  const calls = rows("select method, path, status, attempts from api_calls where reporter = 'integration'");
  expect(calls).toHaveLength(2);
  expect(calls).toEqual(
    expect.arrayContaining([
      { method: 'GET', path: '/contracts/4711/', status: 200, attempts: 1 },
      { method: 'POST', path: '/contracts/', status: null, attempts: 3 },
    ]),
  );
  expect(rows('select status, contract_id, activity from outcomes')).toEqual([
    { status: 'processed', contract_id: 4711, activity: 'CONTRACT_EXECUTED' },
  ]);
});

it('the tables list exactly the fields of the schemas', () => {
  const rules = { environment: 'prod', payloads: 'none', keepMs: 1, clock: { now: () => 0 } } as const;
  for (const [heading, { shape }] of [
    ['## Fields of a call', callSchema(rules)],
    ['## Fields of an outcome', outcomeSchema(rules)],
  ] as const) {
    const table = page.split(`${heading}\n\n`)[1]?.split('\n\n')[0] ?? '';
    const listed = table
      .split('\n')
      .slice(2)
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => field));
    expect({ heading, listed }).toEqual({ heading, listed: Object.keys(shape) });
  }
});
