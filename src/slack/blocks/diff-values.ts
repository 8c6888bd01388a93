/** The sides of a comparison: two environments, or one (`right` null) with its earlier state. */
export interface DiffRequest {
  left: string;
  right: string | null;
  /** As typed; null if and only if `right` is set. */
  since: string | null;
}

/** A comparison of stored snapshots: it can be shown again without reading SpotDraft. */
export interface StoredDiff {
  request: DiffRequest;
  left: { hash: string; takenAt: number };
  right: { hash: string; takenAt: number };
}

/** `showing` identifies this copy of the button: each copy acts once. */
export const compareAgainValue = ({ left, right, since }: DiffRequest, showing: string): string =>
  [left, right ?? '', since ?? '', showing].join(' ');

export function readCompareAgainValue(value: string): DiffRequest {
  const [left = '', right = '', since = ''] = value.split(' ');
  return { left, right: right || null, since: since || null };
}

/** Fits a block id (255 characters) for two environments. Times are in base 36. */
export const storedDiffValue = ({ request, left, right }: StoredDiff): string =>
  [
    request.left,
    request.right ?? '',
    left.hash,
    right.hash,
    left.takenAt.toString(36),
    right.takenAt.toString(36),
    request.since ?? '',
  ].join(' ');

export function readStoredDiffValue(value: string): StoredDiff {
  const [left = '', right = '', leftHash = '', rightHash = '', leftAt = '', rightAt = '', since = ''] =
    value.split(' ');
  return {
    request: { left, right: right || null, since: since || null },
    left: { hash: leftHash, takenAt: Number.parseInt(leftAt, 36) },
    right: { hash: rightHash, takenAt: Number.parseInt(rightAt, 36) },
  };
}
