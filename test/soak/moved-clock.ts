/**
 * Moves the wall clock of the process that loads it before its program (`--import`): `Date` is shifted by the ms in the file
 * that the query names. Timers and `performance` stay monotonic, as on a machine whose clock is set.
 */
import { readFileSync } from 'node:fs';

const file = decodeURIComponent(new URL(import.meta.url).search.slice(1));
/** The file is read again after this time, ms: a program asks for the time thousands of times a second. */
const READ_EVERY_MS = 20;
const machineNow = Date.now;
let [shift, readAt] = [0, Number.NEGATIVE_INFINITY];

function now(): number {
  if (performance.now() - readAt >= READ_EVERY_MS) {
    shift = Number(readFileSync(file, 'utf8'));
    readAt = performance.now();
  }
  return machineNow() + shift;
}

Date.now = now;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new Date().toString(),
});
