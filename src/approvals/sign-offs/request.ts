export interface SignOffRequest {
  act: 'sign' | 'refuse' | 'withdraw';
  signOff: string;
  /** Optional for a signature, needed for a refusal. */
  note: string;
  /** Of the evidence; empty: none. */
  link: string;
  /** The snapshot that the person was shown; null: the newest there is. */
  seen: string | null;
  /** The newest reading of everything at that time; null: there was none, or nothing was shown. */
  seenComplete: string | null;
}

/** What came of it, in words that every surface shows. */
export interface SignOffResult {
  kind: 'done' | 'refused';
  /** What happened, naming the environment; `refused`: nothing was changed. */
  summary: string;
  remedy: string | null;
  /** What of the request was wrong, for a form. */
  field: 'note' | 'link' | null;
  auditId: string | null;
}

const MAX_NOTE = 1_000;
const MAX_LINK = 500;

export const refused = (
  summary: string,
  remedy: string | null = null,
  field: SignOffResult['field'] = null,
): SignOffResult => ({ kind: 'refused', summary, remedy, field, auditId: null });

/** What is wrong with the words of a request; null: nothing. Needs no database: a form can be told at once. */
export function requestProblem({
  act,
  note,
  link,
}: Pick<SignOffRequest, 'act' | 'note' | 'link'>): SignOffResult | null {
  if (act === 'refuse' && note.trim() === '')
    return refused('A refusal needs a reason: it is what the others have to resolve.', null, 'note');
  if (note.length > MAX_NOTE)
    return refused(`The note has ${note.length} characters; ${MAX_NOTE} at most.`, null, 'note');
  if (link.trim() !== '' && !isLink(link.trim()))
    return refused(
      `The evidence is not a link: write a whole http:// or https:// URL of at most ${MAX_LINK} characters, without blanks or a password.`,
      null,
      'link',
    );
  return null;
}

function isLink(text: string): boolean {
  if (text.length > MAX_LINK || !/^https?:\/\/[^\s<>|]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

export const done = (summary: string, auditId: string): SignOffResult => ({
  kind: 'done',
  summary,
  remedy: null,
  field: null,
  auditId,
});
