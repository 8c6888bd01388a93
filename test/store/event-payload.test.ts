import { expect, it } from 'vitest';
import { storedPayload } from '../../src/store/event-payload.ts';
import { pack } from '../../src/store/packed-json.ts';
import { activity, startReceiver } from '../events/log/start-receiver.ts';
import fc from '../fast-check.ts';

interface Row {
  payload: Buffer | null;
  payload_kind: 'raw' | 'redacted' | null;
}

it.each([
  ['full', 'raw'],
  ['redacted', 'redacted'],
  ['none', null],
] as const)('log.payloads: %s is recorded with each event as its payload kind', async (payloads, kind) => {
  const { deliver, rows } = await startReceiver({ payloads });
  const body = activity(7);
  expect((await deliver(body)).status).toBe(200);
  const [row] = rows<Row>('select payload, payload_kind from events');
  expect(row?.payload_kind).toBe(kind);
  const kept = storedPayload(row as Row);
  if (kind === 'raw') expect(kept).toEqual({ kind, bytes: Buffer.from(body) });
  else if (kind === 'redacted') expect(kept).toMatchObject({ kind, json: { contract_id: 7 } });
  else expect(kept).toEqual({ kind: 'none' });
});

it('the kind of a payload from an earlier version follows from its content', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const raw = storedPayload({ payload: Buffer.from(text), payload_kind: null });
      expect(raw).toEqual({ kind: 'raw', bytes: Buffer.from(text) });
      const redacted = storedPayload({ payload: pack(JSON.parse(text)), payload_kind: null });
      expect(redacted.kind).toBe('redacted');
    }),
  );
});
