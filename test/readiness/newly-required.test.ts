import { expect, test } from 'vitest';
import { createField } from '../../sandbox/spotdraft/create-records.ts';
import type { CheckInput } from '../../src/readiness/check.ts';
import { intakeFieldsIn, judgeNewlyRequired, templateFieldsIn } from '../../src/readiness/newly-required.ts';
import type { Field } from '../../src/spotdraft/schemas.ts';
import type { SnapshotContent, SnapshotField } from '../../src/workspace/snapshot.ts';
import { checkOf, startStand, there } from '../environment.ts';
import { contractType, template } from './northwind.ts';

const field = (variable: string, required: boolean) =>
  ({ variable, type: 'string', label: null, required, options: [] }) as unknown as Field & SnapshotField;

/** Variables that are warned of when production has `fields`, the model has `inModel` and the requirements list `listed`. */
function warned(
  fields: Field[],
  inModel: SnapshotContent | 'not_read' | null,
  listed: string[] = [],
): string[] {
  const input = {
    environment: { name: 'prod', production: true },
    promotion: inModel && {
      model: { name: 'uat', production: false },
      configuration: inModel === 'not_read' ? null : inModel,
    },
  } as unknown as CheckInput;
  const requirements = listed.map((variable) => ({ variable, type: null, required: null, options: null }));
  return judgeNewlyRequired(input, {
    place: 'intake form of “Order Form”',
    fields,
    listed: requirements,
    sources: [],
    inModel: intakeFieldsIn('order form'),
  }).map((finding) => ('actual' in finding ? finding.actual : ''));
}

const model = (...fields: SnapshotField[]): SnapshotContent => ({
  version: 1,
  contractTypeDetails: [{ contractType: 'Order Form', intakeFields: { known: fields } }],
});

test('a required field is warned of when the model lacks it or has it optional, and it is not listed', () => {
  const fields = [field('cost_center', true), field('notes', false)];
  expect(warned(fields, model())).toEqual(['“cost_center” is required']);
  expect(warned(fields, model(field('cost_center', false)))).toEqual(['“cost_center” is required']);
  expect(warned(fields, model(field('Cost_Center', true)))).toEqual(['“cost_center” is required']);
  expect(warned(fields, model(field('cost_center', true)))).toEqual([]);
  expect(warned(fields, model(), ['cost_center'])).toEqual([]);
});

test('nothing is warned of without a model', () => {
  expect(warned([field('cost_center', true)], null)).toEqual([]);
});

test('a required field is warned of while the form of the model is not known, unless it is listed', () => {
  const fields = [field('cost_center', true), field('notes', false)];
  const unread: SnapshotContent = {
    version: 1,
    contractTypeDetails: [{ contractType: 'Order Form', intakeFields: { unknown: 'forbidden' } }],
  };
  for (const configuration of ['not_read', { version: 1 }, unread] as const) {
    expect(warned(fields, configuration)).toEqual(['not compared with uat yet; required: “cost_center”']);
    expect(warned(fields, configuration, ['cost_center'])).toEqual([]);
  }
  expect(templateFieldsIn('A')({ version: 1 })).toBeUndefined();
});

test('a newly required field is no bare pass while promotion.drift waits for an unrelated failure', async () => {
  const stand = await startStand();
  template(stand.prod).name = 'Renamed';
  there(contractType(stand.prod).intakeForm).push(createField({ variable: 'cost_center', required: true }));
  const report = await stand.check();
  expect(checkOf(report, 'promotion.drift')).toMatchObject({
    status: 'skipped',
    waitsFor: 'config.templates',
  });
  expect(checkOf(report, 'config.intake-forms')).toMatchObject({
    status: 'warn',
    actual: expect.stringMatching(/^not compared with uat yet; required: .*“cost_center”/),
  });
});

test('a check warns of newly required fields of intake forms and templates, beside the failing comparison', async () => {
  const stand = await startStand();
  await stand.check();
  const added = { variable: 'cost_center', required: true };
  there(contractType(stand.prod).intakeForm).push(createField(added));
  template(stand.prod).fields.push(createField(added));
  const report = await stand.check();
  for (const [id, place] of [
    ['config.intake-forms', 'intake form of “Order Form”'],
    ['config.template-fields', 'template “Order Form - Standard”'],
  ] as const)
    expect(checkOf(report, id)).toMatchObject({
      status: 'warn',
      expected: `${place}: no required field that uat does not require`,
      actual: '“cost_center” is required',
      reason: 'uat does not have “cost_center” required, and the requirements do not list it',
      remedy: `Have the integration send “cost_center” and list it under requires, or make it optional in ${place} of prod (production)`,
    });
  expect(checkOf(report, 'promotion.drift').status).toBe('fail');
});

test('a gate compares with the model again, so it sees what no check of required objects reads', async () => {
  const stand = await startStand({
    edit: (file) => {
      file.requires = { contractTypes: [{ name: 'Order Form' }] };
    },
  });
  const drift = async (fresh: true | 'compared') => {
    const prod = stand.environment('prod');
    const report = await stand.core.checker.check(prod, { fresh, onProgress: () => {} });
    return checkOf(report, 'promotion.drift');
  };
  expect((await drift(true)).status).toBe('pass');
  const nda = contractType(stand.prod, 'Mutual NDA');
  there(nda.intakeForm).push(createField({ variable: 'cost_center', required: true }));
  template(stand.prod, 'MSA - Enterprise').name = 'MSA';
  there(nda.metadataFields[0]).descriptors.push(createField({ variable: 'region', required: true }));
  expect((await drift(true)).actual).toMatch(/^none in \d+ items, compared on /);
  const { status, actual } = await drift('compared');
  expect(status).toBe('fail');
  for (const path of ['cost_center', 'templates/MSA', 'region']) expect(actual).toContain(path);
});
