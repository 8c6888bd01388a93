import { expect, test } from 'vitest';
import { openCliWorld } from '../cli/program.ts';
import { type ConfigFile, environmentFile } from '../environment.ts';
import { loadOpenApi, NO_OPENAPI } from '../openapi.ts';
import { contract } from '../readiness/northwind.ts';
import { startPrism } from './prism.ts';

/** Northwind behind Prism, which validates every request of the bot and every answer of the simulator. */
async function open() {
  const world = await openCliWorld({ whole: true });
  // Its metadata is then read by itself.
  contract(world.prod).externalMetadata = null;
  const prism = await startPrism(new URL(world.spotdraft.baseUrl).origin);
  world.edit((config) => {
    const file = config as unknown as Required<ConfigFile>;
    for (const name of ['uat', 'prod'])
      environmentFile(file, name).baseUrl = world.spotdraft.baseUrl.replace(/^https?:\/\/[^/]+/, prism.url);
    environmentFile(file, 'prod').userEmail = 'ana.lima@northwind.example';
    file.trustedHosts = [new URL(prism.url).host];
  });
  return { world, prism };
}

test('no request of the bot and no answer of the simulator violates SpotDraft’s API document', async (context) => {
  if (!loadOpenApi()) return context.skip(NO_OPENAPI);
  const { world, prism } = await open();
  const run = async (...args: string[]) => {
    const { code, err } = await world.run(args);
    expect(err, args.join(' ')).toBe('');
    return code;
  };
  await run('check', 'uat');
  await run('check', 'prod');
  await run('diff', 'uat', 'prod');
  await run('plan', 'uat', 'prod');
  await run('doctor');
  expect(await run('webhooks', 'register', 'prod', '--again')).toBe(0);
  const made = world.prod.webhooks.at(-1)?.id;
  expect(await run('webhooks', 'delete', 'prod', String(made))).toBe(0);
  await run('webhooks', 'retrigger', 'prod', '481516', '--wait', '0');
  expect(world.spotdraft.requests.map(({ operation }) => operation)).toEqual(
    expect.arrayContaining([
      'analytics_query',
      'webhooks_create',
      'webhooks_delete',
      're_trigger',
      'external_metadata',
    ]),
  );
  expect(prism.violations).toEqual([]);
});

test('the proxy sees a request and an answer that violate the document', async (context) => {
  if (!loadOpenApi()) return context.skip(NO_OPENAPI);
  const { world, prism } = await open();
  world.spotdraft.faults.add({
    operation: 'roles',
    fault: { kind: 'json', body: { active_roles: [{ id: 'one' }] } },
  });
  await world.run(['check', 'prod']);
  expect(prism.violations.join('\n')).toMatch(/response.*active_roles/);
  prism.violations.length = 0;
  await fetch(`${prism.url}/api/v2.1/public/key_pointers/?contract_type_id=none`);
  expect(prism.violations.join('\n')).toMatch(/request.*contract_type_id|Unauthorized|security/i);
});
