/** `T-481516`, `H-481516` and 481516 name one contract by its number; null: this names none. */
export function contractNumber(text: string): number | null {
  const [, digits] = /^\s*(?:[TH]-)?(\d{1,15})\s*$/i.exec(text) ?? [];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}
