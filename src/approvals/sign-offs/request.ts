export interface SignOffRequest {
  act: 'sign' | 'refuse' | 'withdraw';
  signOff: string;
  /** Optional for a signature, needed for a refusal. */
  note: string;
  /** URL of the evidence; empty for none. */
  link: string;
  /** Hash of the snapshot that the person saw; null for the newest. */
  seen: string | null;
  /** Hash of the newest complete snapshot at that time; null when there was none or nothing was shown. */
  seenComplete: string | null;
}

const MAX_NOTE = 1_000;
const MAX_LINK = 500;

/** A text of the request that cannot be stored, and the form field to correct; null when there is none. Needs no database. */
export function requestProblem({
  act,
  note,
  link,
}: Pick<SignOffRequest, 'act' | 'note' | 'link'>): { field: 'note' | 'link'; problem: string } | null {
  if (act === 'refuse' && note.trim() === '')
    return { field: 'note', problem: 'A refusal needs a reason: the others have to resolve it.' };
  if (note.length > MAX_NOTE)
    return { field: 'note', problem: `The note has ${note.length} characters; at most ${MAX_NOTE} fit.` };
  if (link.trim() !== '' && !isLink(link.trim()))
    return {
      field: 'link',
      problem: `The evidence is not a link. Give a complete http:// or https:// URL of at most ${MAX_LINK} characters, without spaces or a password.`,
    };
  return null;
}

function isLink(text: string): boolean {
  if (text.length > MAX_LINK || !/^https?:\/\/[^\s<>|]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
