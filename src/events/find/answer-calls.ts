import type { LoggedCall } from '../../store/api-calls.ts';

export const byTime = (left: { at: number }, right: { at: number }): number => right.at - left.at;

/** The newest failed call of the integration that the same request did not repeat with success; a write before a read. */
export function failedCall(calls: readonly LoggedCall[]): LoggedCall | undefined {
  const newest = calls.filter(({ reporter }) => reporter === 'integration').toSorted(byTime);
  const failed = newest.filter(
    (call) =>
      isFailed(call) &&
      !newest.some((later) => later.at >= call.at && !isFailed(later) && isRepeated(call, later)),
  );
  return failed.find(({ method }) => !READS.has(method)) ?? failed[0];
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a later call is the same request: to the same path, or after 404 to the path with the other form of the contract's
 * id. SpotDraft's list does not say whether a number belongs to `T-` or `H-`, so that callers try one after the other.
 */
const isRepeated = (call: LoggedCall, later: LoggedCall): boolean =>
  later.method === call.method &&
  (later.path === call.path || (call.status === 404 && anyForm(later.path) === anyForm(call.path)));

const anyForm = (path: string): string =>
  path.replace(/\/contracts\/(?:[TH]-)?(?=\d)/i, '/contracts/').replace(/\/(?=\?|$)/, '');

/** The contracts that a call names: the reported one, and another one in its path. */
export const contractsOfCall = ({
  contract_id: reported,
  path_contract_id: inPath,
}: Pick<LoggedCall, 'contract_id' | 'path_contract_id'>): number[] =>
  [reported, inPath].filter((contract) => contract !== null);

export const isFailed = ({ failure, status }: LoggedCall): boolean =>
  failure !== null || status === null || status >= 400;

/** The webhooks of a call, as far as the log has them: those of a successful one belong to the contract that it names. */
export function webhooksOf(call: LoggedCall): string {
  if (call.reporter === 'envcheck') return '';
  const isNamed = isFailed(call) || call.contract_id !== null || call.external_id !== null;
  return isNamed
    ? '; no webhook of it is in the log'
    : '; it names no contract, so its webhooks cannot be found';
}

export function callText({
  reporter,
  method,
  path,
  status,
  failure,
  request_id: request,
}: LoggedCall): string {
  const who = reporter === 'envcheck' ? 'Envcheck’s' : 'Your integration’s';
  const answer = status === null ? 'got no answer' : `was answered ${status}`;
  const why = [failure, request && `request ${request}`].filter(Boolean).join(', ');
  return `${who} call ${method} ${path} ${answer}${why ? ` (${why})` : ''}`;
}
