import type { ContractDetail } from '../../spotdraft/contract-schemas.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import { pluralize } from '../../text/counts.ts';
import { dayText } from '../../time/date-time-text.ts';
import { statusText } from './answer.ts';

/** The known facts of a contract in one environment. */
export interface About {
  environment: string;
  contract: ReadResult<ContractDetail>;
  /** True when only the number in its composite id is the one that was asked for. */
  isGuess: boolean;
  /** Expected activities that did not come. */
  missing: string[];
  /** Why nothing can be said about expected activities; null when they were judged. */
  notJudged: string | null;
  /** The newest event in the log; null when there is none. SpotDraft shows no time of the last change. */
  lastChange: { at: number; activity: string | null } | null;
  /** Receivers with the number of events that they got; null: SpotDraft does not show it. */
  receivers: { name: string; got: number | null }[];
}

/** One line for each kind of knowledge about a contract. `withNames` false leaves out title and people, for channels. */
export function aboutLines(about: About, withNames: boolean): string[] {
  const { contract, isGuess, missing, notJudged, lastChange, receivers } = about;
  const first =
    'known' in contract
      ? `SpotDraft: ${contractText(contract.known, withNames)}`
      : `SpotDraft: unknown (${contract.unknown})`;
  const guess = isGuess ? ['Only the number fits: this may be another contract.'] : [];
  const change = lastChange
    ? [
        `Last change in the log: ${lastChange.activity ?? 'an event of an unknown shape'} on ${dayText(lastChange.at)}`,
      ]
    : [];
  const expected =
    missing.length > 0
      ? [`Expected and not received: ${missing.join(', ')}`]
      : 'known' in contract && notJudged !== null
        ? [`Expected webhooks: not judged, ${notJudged}`]
        : [];
  return [first, ...guess, ...change, ...expected, `Received by: ${receivers.map(receiverText).join('; ')}`];
}

function contractText(
  { id, name, status, counterparty, owner, link }: ContractDetail,
  withNames: boolean,
): string {
  const parts = [
    withNames && name ? `“${name}”` : null,
    status === null ? 'status not shown' : statusText(status),
    withNames && counterparty ? `with ${counterparty}` : null,
    withNames && owner ? `owner ${owner}` : null,
    id,
    link,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

const receiverText = ({ name, got }: About['receivers'][number]): string =>
  got === null ? `${name}: SpotDraft does not show it` : `${name}: ${pluralize(got, 'event')}`;
