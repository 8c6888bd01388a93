import { environmentLabel } from '../../text/environment-label.ts';
import type { About } from './about.ts';
import { answerOf, type Story } from './answer.ts';
import { type LookTools, lookAtContract } from './contract-look.ts';
import type { FindResult } from './find-result.ts';

/** A result with the contract as SpotDraft shows it, and an answer that takes it into account. */
export async function withContract(
  result: FindResult,
  environment: string | null,
  tools: LookTools,
): Promise<FindResult> {
  const { about, since } = await lookAtContract(tools, result, environment);
  const told = about.flatMap((each): Story[] => {
    const story = result.stories.find((own) => own.environment === each.environment);
    const status = statusOf(each);
    if (status === null) return [];
    const { environments } = tools.config;
    const known = environments.find(({ name }) => name === each.environment);
    const empty = emptyStory(each.environment, known ? environmentLabel(known) : each.environment);
    return [
      {
        ...(story ?? empty),
        status,
        missing: each.missing,
        since: since.get(each.environment) ?? null,
      },
    ];
  });
  if (told.length === 0) return { ...result, about };
  const names = new Set(told.map((story) => story.environment));
  const stories = [...result.stories.filter((story) => !names.has(story.environment)), ...told];
  return { ...result, about, stories, answer: answerOf(stories) };
}

/** null when SpotDraft did not say, or spoke of another contract than the events. */
const statusOf = ({ contract, isGuess, lastChange }: About): string | null =>
  'known' in contract && !(isGuess && lastChange !== null) ? contract.known.status : null;

const emptyStory = (environment: string, label: string): Story => ({
  environment,
  label,
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
