import { expect, test } from 'vitest';
import type { CheckInput } from '../../src/readiness/check.ts';
import { check } from '../../src/readiness/checks/config-templates.ts';
import { known } from '../../src/spotdraft/fact.ts';

/** Next step when production has these archived templates “MSA”, by id and contract type, and needs one. */
function remedy(archived: [id: number, contractTypeId: number][], contractType: string | null) {
  const input = {
    environment: { name: 'prod', production: true },
    requires: { templates: [{ name: 'MSA', contractType, fields: [] }], contractTypes: [] },
    facts: {
      templates: known([], []),
      archivedTemplates: known(
        archived.map(([id, contractTypeId]) => ({ id, name: 'MSA', contractTypeId })),
        [],
      ),
      contractTypes: known(
        [
          { id: 1, name: 'Order Form' },
          { id: 2, name: 'NDA' },
        ],
        [],
      ),
    },
  };
  return check.judge(input as unknown as CheckInput).remedy;
}

const restore = 'Restore one of the archived templates “MSA” in prod (production), and publish it: template';

test('the next step says which of several archived templates of one name to restore', () => {
  const two: [number, number][] = [
    [21, 1],
    [22, 2],
  ];
  expect(remedy(two, 'Order Form')).toBe(`${restore} 21 of contract type “Order Form”`);
  expect(remedy(two, 'nda')).toBe(`${restore} 22 of contract type “NDA”`);
  const either = `${restore} 21 of contract type “Order Form”, or 22 of contract type “NDA”`;
  expect(remedy(two, null)).toBe(either);
  expect(remedy(two, 'MSA')).toBe(either);
  expect(
    remedy(
      [
        [21, 1],
        [23, 9],
      ],
      null,
    ),
  ).toBe(`${restore} 21 of contract type “Order Form”, or 23`);
  expect(remedy([[21, 1]], 'NDA')).toMatch(/^Restore the archived template “MSA”/);
});
