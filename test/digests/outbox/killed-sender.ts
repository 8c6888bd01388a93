/** A process that enqueues and sends a message, and kills itself at the given step. */
import { appendFileSync } from 'node:fs';
import pino from 'pino';
import type { Courier } from '../../../src/digests/outbox/courier.ts';
import { enqueue } from '../../../src/digests/outbox/outbox.ts';
import { createSender } from '../../../src/digests/outbox/sender.ts';
import { createCourier } from '../../../src/slack/courier.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { textMessage, webClient } from './process-parts.ts';

type Step = 'stored' | 'claimed' | 'attempt noted' | 'answered' | 'answer noted' | 'looked up';

interface Task {
  file: string;
  apiUrl: string;
  token: string;
  step: Step;
  key: string;
  /** Epoch ms. */
  now: number;
  /** File to which the step is written before the kill. */
  trace: string;
}

const die = (task: Task): never => {
  appendFileSync(task.trace, `${task.step}\n`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
};

async function run(task: Task): Promise<void> {
  const db = openDatabase(task.file);
  let asked = 0;
  const clock = {
    now() {
      asked += 1;
      // The sender reads the clock when it claims, and again when it records the attempt.
      if (task.step === 'claimed' && asked === 2) die(task);
      return task.now;
    },
  };
  await inTransaction(db, (transaction) =>
    enqueue(
      transaction,
      { channel: 'C0GENERAL', key: task.key, kind: 'post', message: textMessage(task.key) },
      { now: () => task.now },
    ),
  );
  if (task.step === 'stored') die(task);
  const real = createCourier(webClient(task.apiUrl, task.token, 5_000));
  const courier: Courier = {
    ...real,
    async post(message) {
      if (task.step === 'attempt noted') die(task);
      const outcome = await real.post(message);
      if (task.step === 'answered') die(task);
      return outcome;
    },
    async find(message, within) {
      const outcome = await real.find(message, within);
      if (task.step === 'looked up') die(task);
      return outcome;
    },
  };
  const sender = createSender({
    db,
    clock,
    courier,
    logger: pino({ level: 'silent' }),
    botName: () => '@envcheck',
    tickMs: 1_000,
  });
  await sender.tick();
  if (task.step === 'answer noted') die(task);
  await db.destroy();
}

const [task] = process.argv.slice(2);
if (task && process.argv[1]?.endsWith('killed-sender.ts')) await run(JSON.parse(task) as Task);
