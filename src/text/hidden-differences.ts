import { characterName, latinLookalike } from './character-names.ts';

const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/u;

/** Equal for texts that look the same: blanks, invisible characters, lookalike letters, width and composition count for nothing. */
export const lookOf = (text: string): string =>
  Array.from(text.normalize('NFKC').replace(/[\s\u2800]+/gu, ' '), (each) =>
    HIDDEN.test(each) ? '' : (latinLookalike(each) ?? plainSign(each)),
  )
    .join('')
    .replace(/ +/g, ' ')
    .trim()
    .toLowerCase();

const plainSign = (character: string): string => {
  if (/[\p{Pd}\u2212]/u.test(character)) return '-';
  if (/[\u2018\u2019\u02bc\u2032]/.test(character)) return "'";
  return /[\u201c\u201d\u2033]/.test(character) ? '"' : character;
};

/**
 * The text with the characters that set it apart from `other` and cannot be seen replaced by their code and name:
 * "Order[U+00A0 NO-BREAK SPACE]Form". A difference that people can see stays as it is.
 */
export function withHiddenNamed(text: string, other: string): string {
  if (text === other) return text;
  const [own, theirs] = [[...text], [...other]];
  const [apart, apartThere] = differing(own, theirs);
  const alike = lookOf(text) === lookOf(other);
  const odd = (character: string): boolean =>
    !/[\x20-\x7e]/.test(character) && (alike || isConfusable(character));
  const pick = (list: string[], at: Set<number>) => [...at].some((index) => odd(list[index] ?? ''));
  // An ordinary blank is named only when nothing else tells the two apart; quotes show one at either end.
  const blanks = alike && !pick(own, apart) && !pick(theirs, apartThere);
  const [first, last] = [text.length - text.trimStart().length, [...text.trimEnd()].length];
  const isBlank = (each: string, index: number) => blanks && each === ' ' && index >= first && index < last;
  return own
    .map((each, index) =>
      apart.has(index) && (odd(each) || isBlank(each, index)) ? `[${characterName(each)}]` : each,
    )
    .join('');
}

const isConfusable = (character: string): boolean =>
  HIDDEN.test(character) ||
  latinLookalike(character) !== null ||
  /[\s\p{M}]/u.test(character) ||
  character.normalize('NFKC') !== character;

/** Longer texts are compared from both ends only. */
const MOST_COMPARED = 400;

/** Positions on each side that have no counterpart on the other, ignoring case. */
function differing(left: string[], right: string[]): [Set<number>, Set<number>] {
  const same = (i: number, j: number) => left[i]?.toLowerCase() === right[j]?.toLowerCase();
  let start = 0;
  while (start < left.length && start < right.length && same(start, start)) start += 1;
  let [endLeft, endRight] = [left.length, right.length];
  while (endLeft > start && endRight > start && same(endLeft - 1, endRight - 1)) {
    endLeft -= 1;
    endRight -= 1;
  }
  const [ones, others] = [new Set(range(start, endLeft)), new Set(range(start, endRight))];
  if (Math.max(ones.size, others.size) > MOST_COMPARED) return [ones, others];
  // Length of the longest common subsequence from each pair of positions on.
  const common = Array.from({ length: endLeft - start + 1 }, () =>
    new Array<number>(endRight - start + 1).fill(0),
  );
  const at = (i: number, j: number): number => common[i - start]?.[j - start] ?? 0;
  for (let i = endLeft - 1; i >= start; i -= 1)
    for (let j = endRight - 1; j >= start; j -= 1) {
      const row = common[i - start];
      if (row) row[j - start] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  for (let [i, j] = [start, start]; i < endLeft && j < endRight; )
    if (same(i, j)) {
      ones.delete(i);
      others.delete(j);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  return [ones, others];
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
