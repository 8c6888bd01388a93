import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loggedEnvironment } from '../../../src/cli/find-environment.ts';
import { emptyListText } from '../../../src/events/find/list-text.ts';
import { createLogReader, type LogReader } from '../../../src/events/find/log-reader.ts';
import { labelIn } from '../../../src/text/environment-label.ts';
import { act, at, type BlameLog, openBlameLog } from './blame-log.ts';

// The config has `live` and `uat`; the log has rows of `prod` and `old-uat` too.
const environments = ['live', 'uat'].map((name) => ({ name, production: name === 'live' }));
let log: BlameLog;
let reader: LogReader;
beforeAll(async () => {
  log = await openBlameLog();
  log.deliver(act(9701));
  log.deliver(act(9702), { environment: 'old-uat' });
  log.deliver(act(9703), { environment: 'uat' });
  log.calls({ method: 'GET', path: '/contracts/9704/', status: 500 });
  const config = { log: { keepMs: 90 * 86_400_000, payloads: 'full' }, environments, drift: { pairs: [] } };
  reader = createLogReader(log.db, { ...config, externalMetadata: null } as never, { now: () => at });
});
afterAll(() => log.close());

describe('an environment that the config no longer has', () => {
  it('is known from any row of the log', async () => {
    expect(await reader.formerEnvironments()).toEqual(['old-uat', 'prod']);
  });

  it.each([
    ['9701', 'live', 'prod'],
    ['9702', 'uat', 'old-uat'],
    ['9704', 'live', 'prod'],
  ])('%s is not denied in %s: the answer names %s and how to keep its rows', async (id, asked, former) => {
    const elsewhere = await reader.find({ id, environment: asked });
    expect(elsewhere.answer).toContain(`but in ${former} (no longer in the config).`);
    expect(elsewhere.advice).toContain(`\`formerly: [${former}]\``);
    expect(`${elsewhere.answer} ${elsewhere.advice}`).not.toMatch(/never|share no ids/);
    const own = await reader.find({ id, environment: former });
    expect(own).toMatchObject({ found: true, reason: null });
    expect((await reader.find({ id, environment: null })).stories[0]?.label).toBe(
      `${former} (no longer in the config)`,
    );
  });

  it('is no other environment of the config', async () => {
    const { answer, advice } = await reader.find({ id: '9703', environment: 'live' });
    expect(`${answer} ${advice}`).toContain('Environments share no ids');
    expect(`${answer} ${advice}`).not.toContain('no longer');
  });

  it('is found by its name, and a name that neither knows is refused', async () => {
    const config = { environments } as never;
    const tools = { log: reader };
    expect(await loggedEnvironment(config, tools, 'PROD')).toMatchObject({ name: 'prod', isFormer: true });
    expect(await loggedEnvironment(config, tools, 'Live')).toBe(environments[0]);
    await expect(loggedEnvironment(config, tools, 'nosuch')).rejects.toThrow('there is no environment');
  });

  it('is named by the empty list of another environment, and in labels', () => {
    const query = { activity: null, since: null, until: null, failed: false };
    const list = { label: 'live (production)', query, newest: null, keepMs: 86_400_000 };
    expect(emptyListText({ ...list, former: ['prod'] })).toContain(
      'it still has rows of prod, which the config no longer has: `envcheck events prod`',
    );
    expect(emptyListText({ ...list, former: ['prod'] })).not.toMatch(/never|ever received/);
    expect(emptyListText({ ...list, former: [] })).toContain('None was ever received');
    expect(labelIn(environments, 'prod')).toBe('prod (no longer in the config)');
    expect(labelIn(environments, 'uat')).toBe('uat');
  });
});
