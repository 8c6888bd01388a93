import { createHash } from 'node:crypto';
import type { Workspace } from './model.ts';

const LOWEST = 10_000;
const SPAN = 890_000;

/**
 * Creates a realistic id that is not in `taken`. It is the same on every run and differs between workspaces for the same
 * name.
 */
export function freshId(workspaceKey: string, name: string, taken: Iterable<number>): number {
  const occupied = new Set(taken);
  for (let attempt = 0; ; attempt += 1) {
    const id = LOWEST + (number(`${workspaceKey}/${name}/${attempt}`) % SPAN);
    if (!occupied.has(id)) return id;
  }
}

/** Creates a UUID that is the same on every run. */
export function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The number in a composite contract id: `T-123` gives 123. */
export const contractNumber = (compositeId: string): number => Number(compositeId.slice(2));

/** All metadata definitions of a workspace. Their ids are unique across its contract types. */
export const metadataFields = (workspace: Workspace) =>
  workspace.contractTypes.flatMap((type) => type.metadataFields);

function number(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}
