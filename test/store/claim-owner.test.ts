import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createOwner, isFree, stateOf } from '../../src/store/claim-owner.ts';

const NOW = Date.parse('2026-11-30T09:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LEASE = MINUTE / 2;

const [id = '', , start = '', place = ''] = createOwner().split('.');
const ownerOf = (pid: number, startedAt: string, where = place) => [id, pid, startedAt, where].join('.');
const ended = spawnSync(process.execPath, ['-e', '0']).pid;
/** The state of a process that runs: only Linux says when it started. */
const isLinux = process.platform === 'linux';
const parentStart = isLinux
  ? (readFileSync(`/proc/${process.ppid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] ?? '')
  : '';
const parent = ownerOf(process.ppid, parentStart);

it.each([
  ['that ended', ownerOf(ended, '1'), 'gone'],
  [
    'whose id another process has now',
    ownerOf(process.ppid, isLinux ? '1' : ''),
    isLinux ? 'gone' : 'unknown',
  ],
  ['that had the id of this one', ownerOf(process.pid, `${start}1`), 'gone'],
  ['that runs', parent, isLinux ? 'runs' : 'unknown'],
  ['that is this one', createOwner(), 'unknown'],
  ['of another container or machine', ownerOf(ended, '1', 'elsewhere'), 'unknown'],
  ['of an earlier version', 'own_06fb1', 'unknown'],
])('the owner of a claim %s is recognized', (_which, owner, state) => {
  expect(stateOf(owner)).toBe(state);
});

it.each([
  ['of a killed process', ownerOf(ended, '1'), NOW + LEASE, true],
  [
    'of a killed process, made by a clock that was 100 days ahead',
    ownerOf(ended, '1'),
    NOW + 100 * DAY,
    true,
  ],
  ['of a process that runs', parent, NOW + LEASE, false],
  ['of a process that runs, after a jump of 2 hours ahead', parent, NOW - 2 * HOUR, !isLinux],
  ['of a process that runs, after a jump of 2 hours back', parent, NOW + 2 * HOUR, !isLinux],
  ['of a process elsewhere', ownerOf(1, '1', 'elsewhere'), NOW + LEASE, false],
  ['of a process elsewhere, not renewed', ownerOf(1, '1', 'elsewhere'), NOW, true],
  ['of a process elsewhere, made 2 hours ahead', ownerOf(1, '1', 'elsewhere'), NOW + 2 * HOUR, true],
  ['of nobody until later', null, NOW + LEASE, false],
  ['of nobody until now', null, NOW, true],
  ['of nobody until 100 days ahead', null, NOW + 100 * DAY, true],
])('a claim %s is free or not', (_which, owner, until, expected) => {
  expect(isFree({ owner, until }, NOW, LEASE)).toBe(expected);
});
