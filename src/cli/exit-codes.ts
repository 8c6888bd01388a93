import type { Verdict } from '../readiness/report.ts';

/** Exit codes that pipelines rely on. Those from 64 on are from sysexits.h. */
export const exitCodes = {
  ok: 0,
  negative: 1,
  couldNotTell: 2,
  usage: 64,
  config: 78,
} as const;

export const exitCodeOfVerdict: Record<Verdict, number> = {
  ready: exitCodes.ok,
  not_ready: exitCodes.negative,
  unknown: exitCodes.couldNotTell,
};
