import type { FieldSeed, MetadataFieldSeed, WorkspaceSeed } from './seed-types.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** The complete configuration that the fictitious company Northwind needs. Ids are derived from the key. */
export function completeConfiguration(key: string, now: number): WorkspaceSeed {
  return {
    key,
    ...organisation(),
    contractTypes: contractTypes(),
    templates: templates(),
    workflows: workflows(now),
  };
}

function organisation(): Omit<WorkspaceSeed, 'key'> {
  return {
    entities: [
      { name: 'Northwind Software Inc.', referenceId: 'NW-US' },
      {
        name: 'Northwind GmbH',
        referenceId: 'NW-DE',
        type: { id: 4, name: 'GmbH' },
        country: { id: 82, name: 'Germany', code2: 'DE' },
        address: { id: 7, lineOne: 'Hafenstrasse 12', city: 'Hamburg', state: 'Hamburg', zipcode: '20457' },
      },
    ],
    roles: [
      { name: 'Legal Team', description: 'Reviews every agreement that is not on standard terms' },
      { name: 'NA Sales', description: 'Owns order forms in North America' },
    ],
    users: [
      { email: 'integrations@northwind.example', name: 'Northwind Integrations', roles: ['NA Sales'] },
      {
        email: 'ana.lima@northwind.example',
        name: 'Ana Lima',
        designation: 'Legal Counsel',
        roles: ['Legal Team'],
      },
      {
        email: 'omar.haddad@northwind.example',
        name: 'Omar Haddad',
        designation: 'Account Executive',
        roles: ['NA Sales'],
      },
    ],
    featureFlags: { PUBLIC_ANALYTICS_QUERY_API: true },
  };
}

const paymentTerms: FieldSeed = {
  variable: 'payment_terms',
  type: 'enum',
  required: true,
  question: 'Which payment terms apply?',
  options: [
    { label: 'Net 30', value: 'Net 30' },
    { label: 'Net 60', value: 'Net 60' },
  ],
};

const effectiveDate: FieldSeed = { variable: 'effective_date', type: 'date', required: true };

/** A compound definition: each part is a separate descriptor. */
const contractValue: MetadataFieldSeed = {
  descriptors: [
    {
      variable: 'contract_value.amount',
      label: 'Contract value > Amount',
      type: 'int',
      childVariable: 'amount',
    },
    {
      variable: 'contract_value.currency',
      label: 'Contract value > Currency',
      type: 'enum',
      childVariable: 'currency',
      options: ['USD', 'EUR'].map((code) => ({ label: code, value: code })),
    },
  ].map((part) => ({ ...part, parentVariable: 'contract_value', parentType: 'currency' }) as FieldSeed),
  section: { name: 'Commercial terms' },
};

const keyDates: MetadataFieldSeed = {
  descriptors: [effectiveDate],
  section: { name: 'Key dates', type: 'SYSTEM_DEFINED' },
};

function contractTypes(): NonNullable<WorkspaceSeed['contractTypes']> {
  const entities = ['Northwind Software Inc.', 'Northwind GmbH'];
  const renewal: MetadataFieldSeed = {
    descriptors: [{ variable: 'auto_renewal', type: 'boolean' }],
    section: { name: 'Commercial terms' },
  };
  return [
    {
      name: 'Order Form',
      entities,
      intakeForm: [
        paymentTerms,
        { variable: 'billing_contact', required: true, question: 'Who receives the invoices?' },
        {
          variable: 'line_items',
          type: 'repeating',
          attributes: [
            { variable: 'sku', label: 'SKU', type: 'string', required: true },
            { variable: 'quantity', label: 'Quantity', type: 'int', required: true },
          ],
        },
      ],
      metadataFields: [keyDates, contractValue, renewal],
    },
    {
      name: 'Mutual NDA',
      entities,
      intakeForm: [
        { variable: 'purpose', required: true, question: 'What will be discussed?' },
        { variable: 'term_months', type: 'int', defaultValue: 24 },
      ],
      metadataFields: [keyDates],
    },
    {
      name: 'Master Services Agreement',
      entities,
      intakeForm: [paymentTerms, { variable: 'liability_cap', type: 'float' }],
      metadataFields: [keyDates, contractValue],
    },
  ];
}

function templates(): NonNullable<WorkspaceSeed['templates']> {
  return [
    {
      name: 'Order Form - Standard',
      contractType: 'Order Form',
      tags: ['sales'],
      counterPartyKind: 'Organisation',
      fields: [
        effectiveDate,
        { ...paymentTerms, question: undefined },
        { variable: 'customer_address', type: 'string', helpText: 'As it stands on the invoice' },
      ],
    },
    {
      name: 'Mutual NDA - Standard',
      contractType: 'Mutual NDA',
      fields: [effectiveDate, { variable: 'purpose', type: 'string', required: true }],
    },
    {
      name: 'MSA - Enterprise',
      contractType: 'Master Services Agreement',
      tags: ['sales', 'enterprise'],
      counterPartyKind: 'Organisation',
      fields: [effectiveDate, { variable: 'governing_law', type: 'string', required: true }],
    },
  ];
}

function workflows(now: number): NonNullable<WorkspaceSeed['workflows']> {
  const signatories = [
    { party: 'CREATOR_PARTY' as const, name: 'CFO' },
    { party: 'COUNTER_PARTY' as const, name: 'Authorised signatory' },
  ];
  const published = (daysAgo: number, approvals: string[]) => ({
    created: iso(now - daysAgo * DAY_MS - HOUR_MS),
    lastPublished: iso(now - daysAgo * DAY_MS),
    approvals: approvals.map((name) => ({ name, role: 'Legal Team' })),
  });
  return [
    // The older version has no approval, so code that reads it instead of the newest sees a difference.
    { title: 'Order Form', signatories, versions: [published(140, []), published(35, ['Legal review'])] },
    { title: 'Mutual NDA', signatories, versions: [published(60, ['Legal review'])] },
    { title: 'Master Services Agreement', signatories, versions: [published(50, ['Legal review'])] },
  ];
}
