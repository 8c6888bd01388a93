import { RE2JS, RE2JSException } from 're2js';

/** A regular expression from the config. */
export interface Pattern {
  /** The expression as configured. */
  source: string;
  /** True when the text contains a match. Takes time in proportion to the text: ids come from other systems. */
  test(text: string): boolean;
}

/** null when it is none, or needs backtracking (lookaround, back-references), which can take for ever. */
export function compilePattern(source: string): Pattern | null {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    return { source, test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}
