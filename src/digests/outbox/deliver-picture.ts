import { changeMessage, noteAttempt, pauseChannel } from '../../store/outbox-sending.ts';
import type { Outcome, PostedMessage } from './courier.ts';
import { type AttemptDependencies, type ClaimedItem, recordSent, scheduleRetry } from './record-outcome.ts';
import { effectOf, refusalText } from './refusals.ts';

/** Sends the picture of a posted message in two steps that are each safe to repeat: upload the bytes, then share them in the thread. */
export async function deliverPicture(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  place: PostedMessage,
): Promise<void> {
  const { db, clock, courier, owner } = dependencies;
  const { picture } = item;
  if (!picture) return recordSent(dependencies, item, place);
  const now = clock.now();
  if (!(await noteAttempt(db, { ...item, owner }, { now, claimMs: dependencies.claimMs }))) return;
  const uploaded: Outcome<string> =
    picture.file === null ? await courier.upload(picture) : { kind: 'done', result: picture.file };
  if (uploaded.kind === 'done') {
    await changeMessage(db, { ...item, owner }, { picture_file: uploaded.result });
    const shared = await courier.share(uploaded.result, place, picture.alt);
    if (shared.kind === 'done') return finishPicture(dependencies, item, 'sent', null);
    return handleFailure(dependencies, item, shared);
  }
  return handleFailure(dependencies, item, uploaded);
}

async function handleFailure(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  outcome: Exclude<Outcome<never>, { kind: 'done' }>,
): Promise<void> {
  if (outcome.kind === 'refused' && effectOf(outcome.code) !== 'stop everything')
    return finishPicture(dependencies, item, 'given_up', refusalText(outcome.code, dependencies.botName()));
  if (outcome.kind === 'paused')
    await pauseChannel(dependencies.db, item.channel, {
      now: dependencies.clock.now(),
      ms: outcome.ms,
      reason: null,
    });
  const reason = 'why' in outcome ? outcome.why : null;
  await scheduleRetry(dependencies, item, { reason, inDoubt: false, counts: outcome.kind !== 'paused' });
}

/** Ends the delivery. A refused picture does not hold up the next message. */
async function finishPicture(
  { db, clock, owner, logger }: AttemptDependencies,
  item: ClaimedItem,
  state: 'sent' | 'given_up',
  error: string | null,
): Promise<void> {
  if (error) logger.warn({ id: item.id, reason: error }, 'a Slack message has no picture');
  await changeMessage(
    db,
    { ...item, owner },
    {
      state: 'sent',
      sent_at: clock.now(),
      picture_state: state,
      picture: null,
      error,
      in_doubt_since: null,
      owner: null,
    },
  );
}
