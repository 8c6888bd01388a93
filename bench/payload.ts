import { createHmac } from 'node:crypto';

const ACTIVITIES = [
  'CONTRACT_CREATED',
  'CONTRACT_SENT_TO_COUNTERPARTY',
  'CONTRACT_APPROVAL_COMPLETED',
  'CONTRACT_SIGNED',
  'CONTRACT_EXECUTED',
];
const FIRST_MS = Date.UTC(2026, 0, 1);

/** A payload with the size and shape of SpotDraft's, about 1.3 kB. Each number has its own. */
export function payload(number: number): string {
  const contract = 100_000 + (number % 5_000_000);
  const at = new Date(FIRST_MS + number * 1_000).toISOString();
  return JSON.stringify({
    activity: ACTIVITIES[number % ACTIVITIES.length],
    activity_data: {
      performed_by: {
        name: 'Priya Raman',
        email: 'priya.raman@northwind.example',
        type: 'ORGANIZATION_USER',
      },
      timestamp: at.replace('Z', `${String(number % 1_000).padStart(3, '0')}Z`),
    },
    contract_id: contract,
    contract_kind: 'TEMPLATE',
    contract_status: 'COMPLETED',
    contract_name: `Order Form ${number} between Northwind Software Inc. and Contoso Traders Ltd.`,
    contract_type: 412,
    contract_type_name: 'Order Form',
    contract_template_id: 90_217,
    contract_reference_id: `NW-OF-${contract}`,
    created_by: {
      name: 'Jonas Weber',
      email: 'jonas.weber@northwind.example',
      job_title: 'Sales Operations Manager',
    },
    created_at: '2026-01-01T08:00:00.000000Z',
    business_user: { name: 'Amara Okafor', email: 'amara.okafor@northwind.example', department: 'Revenue' },
    entity: {
      name: 'Northwind Software Inc.',
      reference_id: 'NW-US',
      address: '100 Harbour Street, Boston MA 02110',
    },
    counterparties: [
      {
        type: 'ORGANIZATION',
        counterparty_id: 700_000 + (number % 40_000),
        name: 'Contoso Traders Ltd.',
        email: 'legal@contoso.example',
        contacts: [{ name: 'Lena Fischer', email: 'lena.fischer@contoso.example', phone: '+1 617 555 0100' }],
        address: '5 Quay Road, Bristol BS1 4DJ',
      },
    ],
    external_metadata: {
      id: `006${String(contract).padStart(12, '0')}`,
      integration_name: 'Salesforce',
      record_type: 'Opportunity',
      object_configuration_id: 31,
    },
  });
}

/** Complete signed HTTP requests as bytes, so that signing is not part of the measurement. */
export function signedRequests(hmacKey: string, from: number, count: number): Buffer[] {
  const key = Buffer.from(hmacKey, 'base64');
  return Array.from({ length: count }, (_, index) => {
    const body = payload(from + index);
    const signature = createHmac('sha512', key).update(body).digest('hex');
    return Buffer.from(
      `POST /webhooks/prod HTTP/1.1\r\nHost: envcheck.example\r\nContent-Type: application/json\r\n` +
        `X-SD-WEBHOOK-CONTENT-HASH: ${signature}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}
