import { expect, it } from 'vitest';
import { openCliWorld } from './program.ts';

it('plan prints a checklist in the order in which the items can be created', async () => {
  const world = await openCliWorld();
  world.prod.roles.pop();
  const { code, out, err } = await world.run(['plan', 'uat', 'prod']);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(
    /^# What prod \(production\) needs to match uat\n\n\d+ steps, \d+ of them for what is breaking\.\n\n## Roles\n\n/,
  );
  const headings = [...out.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect(headings).toEqual(['Roles', 'Intake forms', 'Templates', 'Workflows']);
  expect(out).toContain('- [ ] Create the role “NA Sales” (breaking)\n');
  // The underscore of a name is escaped, because it is not emphasis.
  expect(out).toContain(
    '- [ ] Change the value of the option “Net 60” of the intake field “payment\\_terms” of the contract type “Order Form” from net-60 to Net 60 (breaking)\n',
  );
  expect(out).toContain(
    '- [ ] Create the template “Order Form - Standard” (breaking)\n  - contract type: Order Form\n',
  );
  expect(out).toContain(
    '  - field: variable payment\\_terms, type enum, required true, label Payment terms, options Net 30, Net 60\n',
  );
  expect(out).toContain('- [ ] Publish or discard the changes of the workflow “Order Form” (risky)\n');
});

it('plan prints a table for a spreadsheet with --format csv, and one JSON object with --json', async () => {
  const world = await openCliWorld();
  world.spotdraft.faults.add({
    workspace: 'prod',
    operation: 'roles',
    fault: { kind: 'status', status: 403 },
  });
  const csv = await world.run(['plan', 'uat', 'prod', '--format', 'csv']);
  const rows = csv.out.split('\r\n');
  expect(rows[0]).toBe('step,section,action,weight,path,what to do,details');
  expect(csv.out).toContain('Templates,create,breaking,templates/Order Form - Standard,');
  expect(csv.out).toContain(
    ',,could not compare,,roles,it could not be read in prod (production) (forbidden),\r\n',
  );

  const json = await world.run(['plan', 'uat', 'prod', '--json']);
  expect(json.code).toBe(1);
  const plan = JSON.parse(json.out);
  expect(Object.keys(plan)).toEqual(['left', 'right', 'steps', 'unknown', 'accepted']);
  expect(plan).toMatchObject({ left: 'uat', right: 'prod', unknown: [{ path: 'roles' }] });
  for (const step of plan.steps)
    expect(Object.keys(step)).toEqual([
      'section',
      'action',
      'weight',
      'path',
      'title',
      'details',
      'left',
      'right',
    ]);
});

it('plan refuses an unknown format and the same environment on both sides', async () => {
  const world = await openCliWorld();
  expect(await world.run(['plan', 'uat', 'prod', '--format', 'pdf'])).toMatchObject({
    code: 64,
    out: '',
  });
  const twice = await world.run(['plan', 'uat', 'uat']);
  expect(twice.code).toBe(64);
  expect(twice.err).toContain('both sides are uat');
});
