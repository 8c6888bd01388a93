import { idForms } from './decoded-text.ts';

/** Signs that programs and people put in place of a hyphen. */
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const QUOTES = /[\u2018\u2019\u02bc\u00b4`]/g;

/**
 * One spelling for the forms that people and programs give an id: other width, digits and letters of one look, invisible
 * and control characters, ß and ss, dotted and dotless i, kinds of hyphens and apostrophes. In small letters.
 */
export const foldedId = (text: string): string =>
  idForms(text)
    .toUpperCase()
    .toLowerCase()
    .normalize('NFD')
    // The dot of a Turkish capital I stays behind as a mark.
    .replaceAll('i\u0307', 'i')
    .normalize('NFC')
    .replace(/\p{Cc}/gu, '')
    .replace(HYPHENS, '-')
    .replace(QUOTES, "'");
