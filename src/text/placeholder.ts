const WORDS =
  /^(?:undefined|null|nil|none|nan|na|void|empty|blank|unknown|missing|unset|notset|notavailable|todo|tb[acd]|test|tests?id|example|sample|dummy|x{3,}|string|objectobject|true|false|0*)$/;

/** True for text that a program writes where it has no value: `undefined`, `N/A`, `-`, `00000000-0000-…`, `${requestId}`. */
export const isPlaceholder = (text: string): boolean =>
  /^(?:\$?\{.*\}|<.*>|%[\w(].*)$/.test(text) ||
  // Fillers are letters in Unicode, and show nothing.
  WORDS.test(text.replace(/[^\p{L}\p{N}]|[\u115f\u1160\u3164\uffa0]/gu, '').toLowerCase());

/** True for a value that stands where a secret belongs, as in the example: whoever has read that knows it. */
export const isStandIn = (text: string): boolean =>
  /(?:replace|change|fill|insert|your)[-_]?(?:me|this|here|in|token|secret|key|id)(?![a-z])|^replaceMe/i.test(
    text,
  ) || isPlaceholder(text);
