import { createHash } from 'node:crypto';
import fc from '../fast-check.ts';

/** Returns the next whole number from 0 to below `below`. */
export type Draw = (below: number) => number;

/** The same draws for the same text. */
export function drawsFor(text: string): Draw {
  const seed = createHash('sha256').update(text).digest().readInt32LE();
  const [numbers] = fc.sample(fc.infiniteStream(fc.noBias(fc.nat())), { seed, numRuns: 1 });
  return (below) => Number(numbers?.next().value) % below;
}

export const pick = <T>(draw: Draw, values: readonly T[]): T => values[draw(values.length)] as T;
