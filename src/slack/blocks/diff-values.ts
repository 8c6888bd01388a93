/** What is compared: two environments, or one (right null) with what it was. */
export interface DiffRequest {
  left: string;
  right: string | null;
  /** As typed; null exactly where there is a right one. */
  since: string | null;
}

/** A comparison that can be shown again without a reading: the snapshots are kept. */
export interface KeptDiff {
  request: DiffRequest;
  left: { hash: string; takenAt: number };
  right: { hash: string; takenAt: number };
}

/** `showing` tells this showing of the button from every other: each of them acts once. */
export const compareAgainValue = ({ left, right, since }: DiffRequest, showing: string): string =>
  [left, right ?? '', since ?? '', showing].join(' ');

export function readCompareAgainValue(value: string): DiffRequest {
  const [left = '', right = '', since = ''] = value.split(' ');
  return { left, right: right || null, since: since || null };
}

/** Short enough for the id of a block (255) where it is about two environments. Times in base 36. */
export const keptDiffValue = ({ request, left, right }: KeptDiff): string =>
  [
    request.left,
    request.right ?? '',
    left.hash,
    right.hash,
    left.takenAt.toString(36),
    right.takenAt.toString(36),
    request.since ?? '',
  ].join(' ');

export function readKeptDiffValue(value: string): KeptDiff {
  const [left = '', right = '', leftHash = '', rightHash = '', leftAt = '', rightAt = '', since = ''] =
    value.split(' ');
  return {
    request: { left, right: right || null, since: since || null },
    left: { hash: leftHash, takenAt: Number.parseInt(leftAt, 36) },
    right: { hash: rightHash, takenAt: Number.parseInt(rightAt, 36) },
  };
}
