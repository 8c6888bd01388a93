import { createHmac } from 'node:crypto';
import { Agent } from 'node:http';
import { payload } from '../../bench/payload.ts';
import type { Workspace } from '../../sandbox/spotdraft/workspace.ts';
import { post } from '../post-delivery.ts';
import type { Random } from './random.ts';

/** Number of earlier bodies from which a repeated delivery is taken. */
const REPEATABLE = 1_000;
/** More deliveries without an answer are not sent. */
const MOST_OPEN = 1_000;
const TICK_MS = 25;

export interface Deliveries {
  /** Deliveries answered 200, with the contract that they name. */
  acknowledged: Map<string, number>;
  /** Number of deliveries by status; `none` when no answer came. */
  answers: Record<string, number>;
  /** Badly signed deliveries that were acknowledged. */
  wronglyAcknowledged: number;
  /** Resolves when every delivery was answered or given up. */
  stop(): Promise<void>;
}

/** Sends deliveries at a fixed rate, whether or not earlier ones were answered: 3 % repeat an earlier body, 2 % have a bad signature. */
export function startDeliveries(
  port: () => number,
  workspaces: readonly Workspace[],
  { perSecond, random }: { perSecond: number; random: Random },
): Deliveries {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const started = performance.now();
  const recent: { workspace: Workspace; number: number }[] = [];
  const open = new Set<Promise<void>>();
  const deliveries: Deliveries = {
    acknowledged: new Map(),
    answers: {},
    wronglyAcknowledged: 0,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
  const sendOne = async (): Promise<void> => {
    const repeats = recent.length > 0 && random.chance(0.03);
    const what = repeats ? random.pick(recent) : { workspace: random.pick(workspaces), number: due };
    if (!repeats) recent[fresh++ % REPEATABLE] = what;
    const body = payload(what.number);
    const forged = random.chance(0.02);
    const key = forged ? Buffer.from('another key') : Buffer.from(what.workspace.hmacKey, 'base64');
    const signature = createHmac('sha512', key).update(body).digest('hex');
    const answer = await post(agent, `http://127.0.0.1:${port()}`, what.workspace.key, body, signature);
    const status = String(answer?.status ?? 'none');
    deliveries.answers[status] = (deliveries.answers[status] ?? 0) + 1;
    if (answer?.status !== 200) return;
    if (forged) deliveries.wronglyAcknowledged += 1;
    else deliveries.acknowledged.set(answer.deliveryId, 100_000 + what.number);
  };
  let [due, fresh] = [0, 0];
  const timer = setInterval(() => {
    for (; due < ((performance.now() - started) / 1_000) * perSecond; due += 1) {
      if (open.size >= MOST_OPEN) continue;
      const sending: Promise<void> = sendOne().finally(() => open.delete(sending));
      open.add(sending);
    }
  }, TICK_MS);
  return deliveries;
}
