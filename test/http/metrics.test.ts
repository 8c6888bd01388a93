import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { activities } from '../../src/config/activities.ts';
import { openCore } from '../../src/core.ts';
import { secretsOf } from '../cli/program.ts';
import { there } from '../environment.ts';
import { activity, type Receiver, startReceiver } from '../events/log/start-receiver.ts';
import { runningClock } from '../time/movable-clock.ts';

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Parses the part of Prometheus' text format that is used here. */
async function scrape(url: string): Promise<{ text: string; samples: Sample[] }> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, word]) => [key, word]),
      ),
      value: Number(value),
    }),
  );
  return { text, samples };
}

/** Delivery counts above zero, by label values. */
async function deliveries({ url }: Receiver): Promise<Record<string, number>> {
  const { samples } = await scrape(url);
  return Object.fromEntries(
    samples
      .filter(({ name, value }) => name === 'envcheck_deliveries_total' && value > 0)
      .map(({ labels: { environment, activity: what, result }, value }) => [
        `${environment} ${what} ${result}`,
        value,
      ]),
  );
}

describe('delivery metrics', () => {
  it('deliveries are counted by environment, activity and result', async () => {
    const clock = runningClock();
    const receiver = await startReceiver({ overrides: { clock } });
    const { deliver, world, config, url } = receiver;
    world.spotdraft.faults.add({ fault: { kind: 'status', status: 401 } });
    expect((await deliver(activity(1))).status).toBe(503);
    world.spotdraft.faults.clear();
    clock.move(6_000);
    for (const body of [activity(1), activity(1), activity(2)])
      expect((await deliver(body)).status).toBe(200);
    await deliver(activity(3, { activity: 'CONTRACT_VOIDED' }), { environment: 'uat' });
    await deliver(activity(4, { activity: 'INVENTED_BY_WHOEVER_SIGNS' }));
    await deliver('no JSON at all');
    await deliver(activity(5), { signature: null });
    await deliver(activity(5), { signature: 'f'.repeat(128) });
    await deliver(activity(5), { signature: 'e'.repeat(128) });
    await deliver('x'.repeat(1024 * 1024 + 1));
    await deliver(activity(5), { headers: { 'content-type': 'text/plain' } });
    expect((await fetch(`${url}/webhooks/prd`, { method: 'POST' })).status).toBe(404);
    const database = new BetterSqlite3(config.database);
    database.exec('drop table identifiers');
    database.close();
    expect((await deliver(activity(6))).status).toBe(503);
    expect(await deliveries(receiver)).toEqual({
      'prod unknown no_key': 1,
      'prod CONTRACT_EXECUTED stored': 2,
      'prod CONTRACT_EXECUTED duplicate': 1,
      'uat CONTRACT_VOIDED stored': 1,
      'prod other stored': 2,
      'prod unknown missing_signature': 1,
      'prod unknown bad_signature': 2,
      'prod unknown too_large': 1,
      'prod unknown wrong_type': 1,
      ' unknown unknown_environment': 1,
      'prod unknown not_stored': 1,
    });
  });

  it('only stored deliveries are timed', async () => {
    const { deliver, url } = await startReceiver();
    for (const contract of [1, 2, 3]) await deliver(activity(contract));
    await deliver(activity(4), { signature: null });
    const { samples } = await scrape(url);
    const duration = (ending: string, labels: object) =>
      samples.find(
        ({ name, labels: its }) =>
          name === `envcheck_delivery_duration_seconds_${ending}` &&
          Object.entries({ environment: 'prod', ...labels }).every(([key, value]) => its[key] === value),
      )?.value;
    expect(duration('count', {})).toBe(3);
    expect(duration('bucket', { le: '+Inf' })).toBe(3);
    expect(duration('bucket', { le: '10' })).toBe(3);
    expect(duration('sum', {})).toBeGreaterThan(0);
    expect(duration('sum', {})).toBeLessThan(30);
    expect(samples.find(({ name }) => name === 'envcheck_delivery_queue_depth')?.value).toBe(0);
  });

  it('series begin at zero, so that the first refusal shows as a rise', async () => {
    const { url } = await startReceiver();
    const { samples } = await scrape(url);
    expect(samples).toContainEqual({
      name: 'envcheck_deliveries_total',
      labels: { environment: 'uat', activity: 'unknown', result: 'bad_signature' },
      value: 0,
    });
  });

  it('unknown activities add no series', async () => {
    const { deliver, url } = await startReceiver();
    for (let index = 0; index < 60; index += 1)
      await deliver(activity(index, { activity: `CONTRACT_${index}` }));
    const { samples } = await scrape(url);
    const seen = new Set(
      samples.filter(({ name }) => name === 'envcheck_deliveries_total').map(({ labels }) => labels.activity),
    );
    expect([...seen].filter((label) => ![...activities, 'other', 'unknown'].includes(there(label)))).toEqual(
      [],
    );
  });
});

describe('metrics read from the database', () => {
  const of = (samples: Sample[], name: string) =>
    samples.filter((sample) => sample.name === name).map(({ labels, value }) => ({ ...labels, value }));

  it('the first scrape after a restart shows the newest verified delivery', async () => {
    const first = await startReceiver();
    await first.deliver(activity(1));
    await first.deliver(activity(2), { signature: null });
    const [row] = first.rows<{ at: number }>(
      'select received_at as at from deliveries where rejection is null',
    );
    const again = await startReceiver({
      adjust: (config) => ({ ...config, database: first.config.database }),
    });
    const { samples } = await scrape(again.url);
    expect(of(samples, 'envcheck_last_verified_delivery_timestamp_seconds')).toEqual([
      { environment: 'prod', value: there(row).at / 1_000 },
    ]);
    expect(await deliveries(again)).toEqual({});
  });

  it('check metrics show the newest report, whichever process made it', async () => {
    const { config, url } = await startReceiver();
    expect(of((await scrape(url)).samples, 'envcheck_check_status')).toEqual([]);
    const core = await openCore(config, { logDestination: { write: () => {} } });
    const prod = there(config.environments.find(({ name }) => name === 'prod'));
    const check = () => core.checker.check(prod, { fresh: true, onProgress: () => {} });
    for (const _round of ['first', 'second']) {
      const report = await check();
      const { samples } = await scrape(url);
      const statuses = of(samples, 'envcheck_check_status');
      const holding = statuses.filter(({ value }) => value === 1) as Record<string, unknown>[];
      const checks = report.items.flatMap((item) => item.checks);
      expect(holding.map(({ check: id, status }) => `${id} ${status}`).toSorted()).toEqual(
        checks.map(({ id, status }) => `${id} ${status}`).toSorted(),
      );
      expect(statuses).toHaveLength(checks.length * 6);
      expect(of(samples, 'envcheck_verdict')).toEqual(
        ['ready', 'not_ready', 'unknown'].map((verdict) => ({
          environment: 'prod',
          verdict,
          value: verdict === report.verdict ? 1 : 0,
        })),
      );
      expect(of(samples, 'envcheck_report_timestamp_seconds')).toEqual([
        { environment: 'prod', value: report.checkedAt / 1_000 },
      ]);
    }
    await core.close();
  });

  it('a metric that cannot be read is absent, and the others are exported', async () => {
    const receiver = await startReceiver();
    await receiver.deliver(activity(1));
    const database = new BetterSqlite3(receiver.config.database);
    database.exec('pragma foreign_keys = off; drop table deliveries');
    database.close();
    const { samples } = await scrape(receiver.url);
    expect(of(samples, 'envcheck_last_verified_delivery_timestamp_seconds')).toEqual([]);
    expect(await deliveries(receiver)).toEqual({ 'prod CONTRACT_EXECUTED stored': 1 });
    const next = await scrape(receiver.url);
    expect(there(of(next.samples, 'envcheck_scrape_failures_total')[0]).value).toBeGreaterThan(0);
  });
});

it('calls to SpotDraft are counted by status class and outcome', async () => {
  const { deliver, world, url } = await startReceiver();
  await deliver(activity(1));
  world.spotdraft.faults.add({ fault: { kind: 'status', status: 403 } });
  await deliver(activity(1), { environment: 'uat' });
  const { samples } = await scrape(url);
  expect(
    samples
      .filter(({ name }) => name === 'envcheck_api_calls_total')
      .map(({ labels, value }) => ({ ...labels, value })),
  ).toEqual([
    { environment: 'prod', status: '2xx', outcome: 'ok', value: 1 },
    { environment: 'uat', status: '4xx', outcome: 'forbidden', value: 1 },
  ]);
});

it('a scrape contains no secret, no id and no text from requests', async () => {
  const { deliver, world, url } = await startReceiver();
  const { json } = await deliver(activity(481_516, { activity: 'x"} 1\ninjected 1' }), {
    headers: { 'x-request-id': 'request-7' },
  });
  await fetch(`${url}/webhooks/secret-path`, { method: 'POST' });
  const { text } = await scrape(url);
  const secrets = [...secretsOf(world.environment), world.prod.hmacKey, world.slack.signingSecret];
  for (const word of [...secrets, '481516', 'request-7', 'secret-path', 'injected', there(json.eventId)])
    expect(text).not.toContain(word);
});

it('two apps in one process count separately', async () => {
  const [left, right] = [await startReceiver(), await startReceiver()];
  await left.deliver(activity(1));
  expect(await deliveries(left)).toEqual({ 'prod CONTRACT_EXECUTED stored': 1 });
  expect(await deliveries(right)).toEqual({});
});
