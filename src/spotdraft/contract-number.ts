/** The number of a contract from `T-481516`, `H-481516` or `481516`; null when the text is none of these. */
export function contractNumber(text: string): number | null {
  const [, digits] = /^\s*(?:[TH]-)?(\d{1,15})\s*$/i.exec(text) ?? [];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}
