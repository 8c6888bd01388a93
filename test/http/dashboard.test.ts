import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/http/metrics/metrics.ts';
import { repo } from '../cli/program.ts';
import { temporaryFolder } from '../environment.ts';
import { openNewDatabase } from '../event-log.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  fieldConfig?: { defaults: { unit: string } };
  targets?: { expr: string; refId: string; datasource: { uid: string } }[];
}

const text = (file: string): string => readFileSync(join(repo, 'docs', file), 'utf8');
const dashboard: {
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string; type: string }[] };
} = JSON.parse(text('grafana-dashboard.json'));
const charts = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** The name of a metric as in `# TYPE`, without the suffixes of a histogram's series. */
const family = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
const named = (words: string): Set<string> =>
  new Set([...words.matchAll(/\b(?:envcheck|nodejs|process)_\w+/g)].map(([name]) => family(name)));

/** Type of each metric, by name. */
async function exportedMetrics(): Promise<Map<string, string>> {
  const db = await openNewDatabase(join(temporaryFolder(), 'envcheck.db'), 0);
  const metrics = createMetrics(['prod']);
  metrics.observe({ db, clock: { now: () => 0 }, depth: () => 0 });
  const { text: scraped } = await metrics.scrape();
  await db.destroy();
  return new Map(
    [...scraped.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
}

const ofEnvcheck = (names: Iterable<string>): string[] =>
  [...names].filter((name) => name.startsWith('envcheck_')).toSorted();

/** A Grafana variable. */
const CHOSEN = ['$', '{datasource}'].join('');

describe('the dashboard', () => {
  it('the dashboard shows every Envcheck metric and no metric that is not exported', async () => {
    const exported = await exportedMetrics();
    const shown = named(expressions.join('\n'));
    expect([...shown].filter((name) => !exported.has(name))).toEqual([]);
    expect(ofEnvcheck(shown)).toEqual(ofEnvcheck(exported.keys()));
  });

  it('the dashboard takes rates of counters and histograms only', async () => {
    const exported = await exportedMetrics();
    for (const expr of expressions) {
      const rated = new Set(
        [...expr.matchAll(/\b(?:rate|increase)\((\w+)/g)].map(([, name = '']) => family(name)),
      );
      for (const name of named(expr)) {
        const rises = ['counter', 'histogram'].includes(exported.get(name) ?? '');
        expect([expr, name, rated.has(name)]).toEqual([expr, name, rises]);
      }
    }
  });

  it('every panel has a unit, a description and a selectable data source', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(dashboard.templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' }),
    );
    for (const { title, description, datasource, fieldConfig, targets = [] } of charts) {
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.stringMatching(/./)]);
      expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
      expect(datasource).toEqual({ type: 'prometheus', uid: CHOSEN });
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) expect(target.datasource.uid).toBe(CHOSEN);
    }
  });

  it('panels have unique ids and do not overlap', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe('docs/operations.md', () => {
  it('docs/operations.md lists every Envcheck metric and no metric that is not exported', async () => {
    const exported = await exportedMetrics();
    const page = text('operations.md');
    const listed = [...page.matchAll(/^- `(envcheck_\w+)/gm)].map(([, name = '']) => name);
    expect(listed.toSorted()).toEqual(ofEnvcheck(exported.keys()));
    expect([...named(page)].filter((name) => !exported.has(name))).toEqual([]);
  });
});
