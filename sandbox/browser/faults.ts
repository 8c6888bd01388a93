import type { FaultRule } from '../spotdraft/faults.ts';
import type { Sandbox } from './state.ts';

export type FaultId = 'rateLimited' | 'serverError' | 'slow';

/** How SpotDraft misbehaves towards production for as long as a switch is on. */
const rules: Record<FaultId, FaultRule> = {
  rateLimited: { fault: { kind: 'status', status: 429 } },
  serverError: { fault: { kind: 'status', status: 500 } },
  slow: { fault: { kind: 'slow', ms: 1_500 } },
};

export function setFault({ world, faults }: Sandbox, id: FaultId, on: boolean): void {
  if (on) faults.add(id);
  else faults.delete(id);
  world.spotdraft.faults.clear();
  for (const each of faults) world.spotdraft.faults.add({ ...rules[each], workspace: 'prod' });
}
