import * as z from 'zod';

/** Header by which a receiver recognises a probe. It is not signed; the field in the body is. */
const PROBE_HEADER = 'x-envcheck-probe';

const probeBody = z.object({ contract_id: z.literal(0), envcheck_probe: z.string().startsWith('prb_') });

/** True when a correctly signed body is a probe that a receiver has forwarded. SpotDraft sends neither of these values. */
export function isProbe(body: Buffer): boolean {
  if (!body.includes('"envcheck_probe"')) return false;
  try {
    return probeBody.safeParse(JSON.parse(body.toString())).success;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

export interface Probe {
  /** Headers without the signature. */
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Layout of a body. `irregular`: blanks in some places only, and the same letters both escaped and not, so that no program
 * that parses it and serialises it again writes the same bytes. `compact` and `spaced` (with the blanks that Python writes):
 * ASCII and sorted names, so that every serialiser of that kind does.
 */
export type Layout = 'irregular' | 'compact' | 'spaced';

const TEXT = 'Envcheck probe: no contract, nothing to do';
const LETTERS = ' (ü, é, €)';

/**
 * Creates a webhook as SpotDraft would send it, for an activity that changes nothing and for contract 0, which does not
 * exist. Header and body carry its id, `prb_…`. `at` is epoch ms UTC.
 */
export function makeProbe(id: string, at: number, layout: Layout): Probe {
  const time = new Date(at).toISOString();
  const letters = layout === 'irregular' ? LETTERS : '';
  const content = {
    activity: 'CONTRACT_ACTIVITY_LOG_COMMENT_CREATED',
    activity_data: { performed_by: { name: 'SYSTEM' }, timestamp: time },
    business_user: { name: 'SYSTEM' },
    contract_id: 0,
    contract_kind: 'TEMPLATE_CONTRACT',
    contract_status: 'DRAFT',
    contract_title: TEXT + letters,
    contract_type: TEXT + letters,
    contract_type_id: 0,
    contract_type_name: TEXT + letters,
    created_at: time,
    envcheck_probe: id,
  };
  return {
    headers: { 'content-type': 'application/json', 'user-agent': 'Envcheck', [PROBE_HEADER]: id },
    body: Buffer.from(write[layout](content)),
  };
}

const write: Record<Layout, (content: object) => string> = {
  compact: (content) => JSON.stringify(content),
  spaced: (content) => JSON.stringify(content, null, 1).replaceAll(/,\n */g, ', ').replaceAll(/\n */g, ''),
  irregular: (content) =>
    write
      .spaced(content)
      .replaceAll('": "', '":"')
      .replace(LETTERS, LETTERS.replaceAll(/[\u0080-\uffff]/g, escaped)),
};

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
