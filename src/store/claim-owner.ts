import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { randomId } from '../text/ids.ts';
import { isOver } from '../time/age.ts';

/**
 * Names a claimant so that another process can tell whether it still runs: a random id, the process id, the start of the
 * process, and where process ids mean the same.
 */
export const createOwner = (): string =>
  [randomId('own'), process.pid, startOf(process.pid) ?? '', placeOfProcesses()].join('.');

export interface Claim {
  /** null when nobody claims it. */
  owner: string | null;
  /** End of the claim, or the time of the next attempt when there is no owner, epoch ms. */
  until: number;
}

/**
 * True when `me` may claim: the wait is over, or the owner no longer runs. Another process that certainly runs keeps its claim
 * whatever the clock says. `longestMs`: the longest claim or wait.
 */
export function isFree({ owner, until }: Claim, now: number, longestMs: number): boolean {
  const state = owner === null ? 'unknown' : stateOf(owner);
  if (state !== 'unknown') return state === 'gone';
  return isOver(until, now, longestMs);
}

/** `unknown` for claimants of this process, of other machines and containers, and where the system does not say. */
export function stateOf(owner: string): 'gone' | 'runs' | 'unknown' {
  const [, pid, start, place] = owner.split('.');
  if (place !== placeOfProcesses() || Number(pid) === process.pid) {
    const isEarlier = place === placeOfProcesses() && start !== (startOf(process.pid) ?? '');
    return isEarlier ? 'gone' : 'unknown';
  }
  if (!exists(Number(pid))) return 'gone';
  const running = startOf(Number(pid));
  if (running === null || start === '') return 'unknown';
  return running === start ? 'runs' : 'gone';
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Start of a process in ticks since the boot, or `ended` when only its exit status is left; null where the system does not say. */
function startOf(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The second field is a name in brackets that may hold blanks and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
  return fields[19] ?? null;
}

let place: string | null = null;

/** Identifies the boot of the machine and, on Linux, the namespace of process ids: two containers use the same numbers. */
function placeOfProcesses(): string {
  const boot = () => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  place ??= createHash('sha256')
    .update(`${hostname()}\n${readOrNull(boot)}\n${readOrNull(() => readlinkSync('/proc/self/ns/pid'))}`)
    .digest('hex')
    .slice(0, 16);
  return place;
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
