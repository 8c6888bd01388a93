/** A process that sends what waits in an outbox, and kills itself at the step that it was told. */
import { appendFileSync } from 'node:fs';
import pino from 'pino';
import type { Courier } from '../../../src/digests/outbox/courier.ts';
import { enqueue } from '../../../src/digests/outbox/outbox.ts';
import { createSender } from '../../../src/digests/outbox/sender.ts';
import { createCourier } from '../../../src/slack/courier.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { textMessage, webClient } from './test-outbox.ts';

export const steps = [
  'stored',
  'claimed',
  'attempt noted',
  'answered',
  'answer noted',
  'looked up',
  'none',
] as const;
export type Step = (typeof steps)[number];

interface Told {
  file: string;
  apiUrl: string;
  token: string;
  step: Step;
  key: string;
  /** Epoch ms. */
  now: number;
  /** Where the step at which it died is written. */
  trace: string;
}

const die = (told: Told): never => {
  appendFileSync(told.trace, `${told.step}\n`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
};

async function run(told: Told): Promise<void> {
  const db = openDatabase(told.file);
  let asked = 0;
  const clock = {
    now() {
      asked += 1;
      // The sender asks for the time when it claims, and again when it notes the attempt.
      if (told.step === 'claimed' && asked === 2) die(told);
      return told.now;
    },
  };
  await inTransaction(db, (transaction) =>
    enqueue(
      transaction,
      { channel: 'C0GENERAL', key: told.key, kind: 'post', message: textMessage(told.key) },
      { now: () => told.now },
    ),
  );
  if (told.step === 'stored') die(told);
  const real = createCourier(webClient(told.apiUrl, told.token, 5_000));
  const courier: Courier = {
    ...real,
    async post(letter) {
      if (told.step === 'attempt noted') die(told);
      const outcome = await real.post(letter);
      if (told.step === 'answered') die(told);
      return outcome;
    },
    async find(letter, within) {
      const outcome = await real.find(letter, within);
      if (told.step === 'looked up') die(told);
      return outcome;
    },
  };
  const sender = createSender({
    db,
    clock,
    courier,
    logger: pino({ level: 'silent' }),
    botName: '@envcheck',
    tickMs: 1_000,
  });
  await sender.tick();
  if (told.step === 'answer noted') die(told);
  await db.destroy();
}

const [told] = process.argv.slice(2);
if (told && process.argv[1]?.endsWith('killed-sender.ts')) await run(JSON.parse(told) as Told);
