import { expect, it } from 'vitest';
import type { NewDelivery } from '../../src/events/log/delivery.ts';
import { NotRecordedError, type Recorder } from '../../src/events/log/recorder.ts';
import type { Job } from '../../src/events/log/writer-thread.ts';
import { createRejections } from '../../src/http/rejections.ts';

const clock = { now: () => Date.UTC(2026, 10, 30, 9) };

const refused: NewDelivery = {
  environment: 'prod',
  receivedAt: clock.now(),
  requestId: 'req_1',
  source: '203.0.113.9',
  rejection: 'bad_signature',
  signedWith: 'unknown_key',
  headerEventId: null,
  body: new Uint8Array(),
};

/** Rejections over a log whose answers come when the test gives them. */
function startRejections() {
  const answers: ((stored: boolean) => void)[] = [];
  const jobs: Job[] = [];
  const recorder: Pick<Recorder, 'record' | 'run'> = {
    record: () =>
      new Promise((resolve, reject) =>
        answers.push((stored) =>
          stored
            ? resolve({ unread: null, deliveryId: 'dlv_1', eventId: null, activity: null, duplicate: false })
            : reject(new NotRecordedError('SQLITE_FULL', 'the disk is full')),
        ),
      ),
    run: async (job) => jobs.push(job),
  };
  return { answers, jobs, rejections: createRejections(recorder, clock, () => {}) };
}

it('refused deliveries that come while the first is stored are counted with it, however slow the disk is', async () => {
  const { answers, jobs, rejections } = startRejections();
  const first = rejections.record(refused);
  expect(await rejections.record(refused)).toBeNull();
  // The counts are due before the log has answered.
  await rejections.close();
  expect(jobs).toEqual([]);
  answers[0]?.(true);
  expect(await first).toBe('dlv_1');
  await expect
    .poll(() => jobs, { timeout: 4_000 })
    .toEqual([{ kind: 'alike', counts: [{ delivery: 'dlv_1', alike: 1, until: clock.now() }] }]);
});

it('counts go on after a refused delivery could not be stored', async () => {
  const { answers, jobs, rejections } = startRejections();
  const [lost, beside] = [rejections.record(refused), rejections.record(refused)];
  answers[0]?.(false);
  expect([await lost, await beside]).toEqual([null, null]);
  const stored = rejections.record(refused);
  answers[1]?.(true);
  expect(await stored).toBe('dlv_1');
  await rejections.record(refused);
  await rejections.close();
  expect(jobs).toEqual([{ kind: 'alike', counts: [{ delivery: 'dlv_1', alike: 2, until: clock.now() }] }]);
});
