import type { Fact, Source, Unknown } from '../spotdraft/fact.ts';
import { printable } from '../text/printable.ts';
import type { CheckResult } from './report.ts';

/** Result of a check without its id, item, title and severity, which the registry adds. */
export type Judgement = Pick<
  CheckResult,
  'status' | 'expected' | 'actual' | 'reason' | 'remedy' | 'evidence' | 'unjudged' | 'pending' | 'provenBy'
>;

/** Result for one required item. A check over several items combines its findings. */
export type Finding =
  | { status: 'pass'; expected: string; actual: string; evidence: Source[] }
  | { status: 'fail'; expected: string; actual: string; remedy: string; evidence: Source[] }
  | { status: 'unknown'; expected: string; reason: string; remedy: string; evidence: Source[] }
  /** Passes, with a remark that somebody should act on. */
  | { status: 'warn'; expected: string; actual: string; reason: string; remedy: string; evidence: Source[] }
  /** Waits for something that another check reports. */
  | { status: 'skipped'; expected: string; reason: string };

export const pass = (expected: string, actual: string, evidence: Source[]): Finding => ({
  status: 'pass',
  expected,
  actual,
  evidence,
});

export const fail = (expected: string, actual: string, remedy: string, evidence: Source[]): Finding => ({
  status: 'fail',
  expected,
  actual,
  remedy,
  evidence,
});

export const skip = (expected: string, reason: string): Finding => ({ status: 'skipped', expected, reason });

/** The finding when a needed fact could not be read. */
export const unknownFinding = (expected: string, fact: Unknown, remedy?: string): Finding => ({
  status: 'unknown',
  expected,
  reason: fact.reason,
  remedy: remedy ?? remedyFor(fact),
  evidence: fact.sources,
});

/** Next step after a failed read, by its cause. */
export function remedyFor({ code }: Unknown): string {
  switch (code) {
    case 'unauthorized':
      return 'Correct the client id and secret of this environment, then check again';
    case 'forbidden':
      return 'Ask a SpotDraft admin to give the API credentials (or the configured userEmail) the permission for this read';
    case 'rate_limited':
      return 'Check again in a minute. If it stays, find what else uses the 10 requests a second of this workspace';
    case 'not_enabled':
      return 'Ask SpotDraft support to enable this feature for the workspace';
    case 'server_error':
    case 'timeout':
    case 'empty':
    case 'incomplete':
      return 'Check again in a few minutes. If it stays, send SpotDraft support the time and path from the evidence';
    case 'network':
      return 'Check that the machine Envcheck runs on can reach the host (DNS, proxy, firewall)';
    case 'certificate':
      return 'Find who presents this certificate: a proxy between Envcheck and SpotDraft, or a wrong host. If it is said to have expired, check the clock of this machine too';
    case 'redirect':
      return 'Correct the baseUrl of this environment so that nothing is redirected';
    case 'database':
      return 'Run `envcheck doctor`: it checks the database and says what to do';
    case 'other_workspaces':
      return 'Set workspaceId of this environment in the config to the id of its own workspace: the named ids are those that the answer shows';
    case 'not_asked':
      return 'Resolve the named cause first, then check again';
    case 'not_found':
    case 'refused':
    case 'not_json':
    case 'shape':
    case 'too_large':
      return 'Check the baseUrl; if it is right, report the path and answer from the evidence to the Envcheck project';
  }
}

const MAX_LINES = 20;

/**
 * Combines the findings of a check: a failure outranks an unknown, which outranks a warning, which outranks a pass; skipped
 * only when nothing could be judged. The lines of `expected` and `actual` correspond one by one.
 */
export function combine(findings: Finding[]): Judgement {
  const of = <S extends Finding['status']>(status: S) =>
    findings.filter((finding): finding is Extract<Finding, { status: S }> => finding.status === status);
  const failed = of('fail');
  const unclear = of('unknown');
  const warned = of('warn');
  const passed = of('pass');
  const skipped = of('skipped');
  const aside = asideReason(unclear, skipped);

  if (failed.length > 0)
    return {
      status: 'fail',
      expected: lines(failed.map(({ expected }) => expected)),
      actual: lines(failed.map(({ actual }) => actual)),
      reason: aside,
      remedy: nextStep(failed.map(({ remedy }) => remedy)),
      evidence: distinct(failed),
      ...(unclear.length > 0 ? { unjudged: unclear.length } : {}),
    };
  if (unclear.length > 0)
    return {
      status: 'unknown',
      expected: lines(unclear.map(({ expected }) => expected)),
      actual: 'unknown',
      reason: lines([...new Set(unclear.map(({ reason }) => reason))]),
      remedy: nextStep(unclear.map(({ remedy }) => remedy)),
      evidence: distinct(unclear),
    };
  if (warned.length > 0)
    return {
      status: 'warn',
      expected: lines(warned.map(({ expected }) => expected)),
      actual: lines(warned.map(({ actual }) => actual)),
      reason: lines([...new Set(warned.map(({ reason }) => reason)), ...(aside === null ? [] : [aside])]),
      remedy: nextStep(warned.map(({ remedy }) => remedy)),
      evidence: distinct(warned),
    };
  if (passed.length > 0)
    return {
      status: 'pass',
      expected: lines(passed.map(({ expected }) => expected)),
      actual: lines(passed.map(({ actual }) => actual)),
      reason: aside,
      remedy: null,
      evidence: distinct(passed),
    };
  return {
    status: 'skipped',
    expected: lines(skipped.map(({ expected }) => expected)),
    actual: 'not checked',
    reason: lines([...new Set(skipped.map(({ reason }) => reason))]),
    remedy: null,
    evidence: [],
  };
}

/** The judgement when nothing of the kind is required or configured. */
export const nothingRequired = (reason: string): Judgement => ({
  status: 'skipped',
  expected: 'nothing',
  actual: 'not checked',
  reason,
  remedy: null,
  evidence: [],
});

/** The judgement when something is configured and nothing of the kind exists yet. */
export const nothingYet = (reason: string): Judgement => ({ ...nothingRequired(reason), pending: true });

/** The judgement of a check that takes the result of a sign-off, once the waivers are applied. */
export const provenBySignOff = (id: string): Judgement => ({
  ...nothingRequired('proven by a sign-off'),
  provenBy: `sign-offs.${id}`,
});

/** Judges a value that may be unknown. */
export const judgeFact = <T>(fact: Fact<T>, expected: string, judge: (value: T) => Finding[]): Finding[] =>
  fact.known ? judge(fact.value) : [unknownFinding(expected, fact)];

function asideReason(
  unclear: { expected: string; reason: string }[],
  skipped: { reason: string }[],
): string | null {
  const names = unclear.slice(0, 3).map(({ expected }) => printable(expected));
  const parts = [
    unclear.length > 0
      ? `${unclear.length} more could not be judged (${names.join('; ')}${unclear.length > 3 ? '; …' : ''}): ${unclear[0]?.reason}`
      : null,
    skipped.length > 0 ? `${skipped.length} not judged: ${skipped[0]?.reason}` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join('; ') : null;
}

function lines(all: string[]): string {
  // A name with a line break must not look like two findings.
  const shown = all.slice(0, MAX_LINES).map(printable);
  if (all.length > MAX_LINES) shown.push(`…and ${all.length - MAX_LINES} more`);
  return shown.join('\n');
}

function nextStep(remedies: string[]): string {
  const distinctRemedies = [...new Set(remedies.map(printable))];
  const more = distinctRemedies.length - 1;
  return more > 0
    ? `${distinctRemedies[0]} (then ${more} more ${more === 1 ? 'step' : 'steps'})`
    : (distinctRemedies[0] ?? '');
}

const distinct = (findings: { evidence: Source[] }[]): Source[] => [
  ...new Map(findings.flatMap(({ evidence }) => evidence).map((source) => [source.callId, source])).values(),
];

/** Quotes a name in its own spelling, spaces included. */
export const quoted = (name: string): string => `“${name}”`;

export const listed = (names: readonly string[], most = 5): string =>
  names.length <= most
    ? names.map(quoted).join(', ') || 'none'
    : `${names.slice(0, most).map(quoted).join(', ')} and ${names.length - most} more`;
