import { createHash } from 'node:crypto';
import type { Workspace } from './model.ts';

const LOWEST = 10_000;
const SPAN = 890_000;

/**
 * An id that looks assigned, is the same on every run, differs between workspaces for the same name, and is not among
 * those taken.
 */
export function freshId(workspaceKey: string, name: string, taken: Iterable<number>): number {
  const occupied = new Set(taken);
  for (let attempt = 0; ; attempt += 1) {
    const id = LOWEST + (number(`${workspaceKey}/${name}/${attempt}`) % SPAN);
    if (!occupied.has(id)) return id;
  }
}

/** A UUID that is the same on every run. */
export function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The number in a composite contract id: `T-123` gives 123. */
export const contractNumber = (compositeId: string): number => Number(compositeId.slice(2));

/** Metadata definitions, descriptors aside, are unique over all contract types of a workspace. */
export const metadataFields = (workspace: Workspace) =>
  workspace.contractTypes.flatMap((type) => type.metadataFields);

function number(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}
