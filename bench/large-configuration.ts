import type { SnapshotContent, SnapshotField } from '../src/workspace/snapshot.ts';

const TYPES = 200;
const TEMPLATES = 500;
const FIELDS_EACH = 20;

const field = (number: number): SnapshotField => ({
  variable: `field_${number}`,
  type: ['string', 'enum', 'date', 'int'][number % 4] as string,
  label: `Field ${number}`,
  required: number % 3 === 0,
  options:
    number % 4 === 1 ? [30, 60, 90].map((days) => ({ value: `net-${days}`, label: `Net ${days}` })) : [],
});
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** 200 contract types, 500 templates, 10,000 fields. About `changes` of the fields have another type than in the configuration without changes. */
export function largeConfiguration(changes: number): SnapshotContent {
  const every = changes === 0 ? Number.POSITIVE_INFINITY : Math.floor((TEMPLATES * FIELDS_EACH) / changes);
  return {
    version: 1,
    scope: 'complete',
    contractTypes: { known: numbers(TYPES).map((type) => `Contract type ${type}`) },
    contractTypeDetails: numbers(TYPES).map((type) => ({
      contractType: `Contract type ${type}`,
      entities: { known: [`Entity ${type % 7}`] },
    })),
    templates: {
      known: numbers(TEMPLATES).map((template) => ({
        name: `Template ${template}`,
        contractType: `Contract type ${template % TYPES}`,
      })),
    },
    templateFields: numbers(TEMPLATES).map((template) => ({
      template: `Template ${template}`,
      fields: {
        known: numbers(FIELDS_EACH).map((own) => {
          const number = template * FIELDS_EACH + own;
          return { ...field(number), ...(number % every === every - 1 ? { type: 'boolean' } : {}) };
        }),
      },
    })),
    templateTags: numbers(TEMPLATES).map((template) => ({
      template: `Template ${template}`,
      tags: { known: ['sales'] },
    })),
    roles: { known: ['Legal Team', 'NA Sales'] },
  };
}
