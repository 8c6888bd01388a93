import { environmentLabel } from '../../text/environment-label.ts';
import type { About } from './about.ts';
import { answerOf, type Story } from './answer.ts';
import { type LookTools, lookAtContract } from './contract-look.ts';
import { sharedText } from './find-matches.ts';
import type { FindResult } from './find-result.ts';

/** A result with the contract as SpotDraft shows it, and an answer that takes it into account. */
export async function withContract(
  result: FindResult,
  environment: string | null,
  tools: LookTools,
): Promise<FindResult> {
  const looked = await lookAtContract(tools, result, environment);
  const about = looked.map((each) => each.about);
  const told = looked.flatMap(({ about: seen, story, since }): [Story | null, Story][] => {
    const status = statusOf(seen);
    if (status === null) return [];
    const known = tools.config.environments.find(({ name }) => name === seen.environment);
    const empty = emptyStory(seen.environment, known ? environmentLabel(known) : seen.environment);
    return [[story, { ...(story ?? empty), status, missing: seen.missing, since }]];
  });
  if (told.length === 0) return { ...result, about };
  const updated = new Map(told);
  const stories = [
    ...result.stories.map((story) => updated.get(story) ?? story),
    ...told.flatMap(([before, story]) => (before === null ? [story] : [])),
  ];
  return { ...result, about, stories, answer: sharedText(result.matches) + answerOf(stories) };
}

/** null when SpotDraft did not say, or spoke of another contract than the events. */
const statusOf = ({ contract, isGuess, lastChange }: About): string | null =>
  'known' in contract && !(isGuess && lastChange !== null) ? contract.known.status : null;

const emptyStory = (environment: string, label: string): Story => ({
  environment,
  label,
  contract: null,
  events: [],
  refused: [],
  hasMore: false,
  outcomes: [],
  senderIds: new Map(),
  calls: [],
  reads: null,
  status: null,
  missing: [],
  since: null,
});
