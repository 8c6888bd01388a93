import { type EventNotes, MAX_SHARED } from '../../store/event-notes.ts';
import { pluralize } from '../../text/counts.ts';

const texts: Record<string, string> = {
  empty: 'the body was empty',
  not_text: 'its bytes are in no known encoding',
  too_large: 'it is too large when expanded',
  not_json: 'it is not JSON',
  no_contract: 'it names no contract',
  too_many_ids: 'it has too many ids',
};

/** "could not be read: it is not JSON"; null for an event that was read. */
export const unreadText = ({ unread }: EventNotes): string | null =>
  unread === null ? null : `could not be read: ${texts[unread] ?? unread.replaceAll('_', ' ')}`;

const MAX_OTHERS = 3;

/** One sentence per id that came with several bodies. */
export const sharedIdTexts = ({ sharedIds }: EventNotes): string[] =>
  sharedIds.map(({ value, events }) => {
    const more = events.length - MAX_OTHERS;
    const others = events.slice(0, MAX_OTHERS).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return `the event id ${value} also came with ${events.length >= MAX_SHARED ? 'at least ' : ''}${pluralize(events.length, 'other body', 'other bodies')} (${others}): it identifies none of them, so they are separate events`;
  });

/** All notes of an event in words. */
export const notesTexts = (notes: EventNotes): string[] => [
  ...[unreadText(notes)].filter((text) => text !== null),
  ...sharedIdTexts(notes),
];
