import type { World } from '../../sandbox/world.ts';
import type { Random } from './random.ts';

/** Errors that the simulated Slack notes for the faults below. */
export const SIMULATED_ERRORS = ['internal_error', 'ratelimited', 'reset', 'lost', 'http_503'];

/** Lets SpotDraft and Slack fail for a moment, in one of the ways that both have. */
export function failSomehow({ spotdraft, slack }: World, random: Random): string {
  const times = Math.ceil(random.between(0, 8));
  const workspace = random.pick(['uat', 'prod']);
  const ms = random.between(200, 3_000);
  const faults: Record<string, () => void> = {
    'SpotDraft 503': () => spotdraft.faults.add({ workspace, times, fault: { kind: 'status', status: 503 } }),
    'SpotDraft 429': () =>
      spotdraft.faults.add({
        times,
        fault: { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
      }),
    'SpotDraft reset': () => spotdraft.faults.add({ times, fault: { kind: 'reset' } }),
    'SpotDraft half an answer': () => spotdraft.faults.add({ times, fault: { kind: 'reset_mid_body' } }),
    'SpotDraft timeout': () => spotdraft.faults.add({ times: 1, fault: { kind: 'timeout' } }),
    'SpotDraft slow': () => spotdraft.faults.add({ times, fault: { kind: 'slow', ms } }),
    'SpotDraft html': () => spotdraft.faults.add({ times, fault: { kind: 'html' } }),
    'Slack lost': () =>
      slack.faults.add({ method: 'chat.postMessage', times: Math.min(times, 2), fault: { kind: 'lost' } }),
    'Slack reset': () => slack.faults.add({ times, fault: { kind: 'reset' } }),
    'Slack 503': () => slack.faults.add({ times, fault: { kind: 'status', status: 503 } }),
    'Slack internal_error': () =>
      slack.faults.add({ times, fault: { kind: 'error', error: 'internal_error' } }),
    'Slack ratelimited': () => slack.faults.add({ times, fault: { kind: 'ratelimited', retryAfter: 2 } }),
    'Slack slow': () => slack.faults.add({ times, fault: { kind: 'slow', ms } }),
    'Slack drops its connections': () => slack.dropConnections(),
  };
  const name = random.pick(Object.keys(faults));
  faults[name]?.();
  return name;
}

/** Ends every fault. */
export function recover({ spotdraft, slack }: World): void {
  spotdraft.faults.clear();
  slack.faults.clear();
}
