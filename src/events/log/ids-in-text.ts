/** Forms that identify an id without a doubt. */
const certain: RegExp[] = [
  /^(?:evt|dlv|call|out|rpt|req|aud)_[0-9a-z]{26}$/,
  /^[TH]-\d{1,15}$/,
  // Link to a contract.
  /^https?:\/\/[^/]+\/contracts\/v\d+\/\d{1,15}$/,
  // UUID, trace id, hash of a snapshot.
  /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
  /^[\da-f]{32}$/,
  /^[\da-f]{64}$/,
  // Activity time in SpotDraft's form.
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/,
];

/** A number named as a contract: "contract 481516", "contract_id": 481516. */
const numberedContract = /\bcontract(?:[ _-]?id)?["'”]?\s*[:=#]?\s*(\d{1,15})\b/gi;

export interface IdsInText {
  /** Texts in the form of a known id. */
  certain: string[];
  /** Other candidates. They are ids if the log knows them. */
  possible: string[];
}

/** The ids in a text, each once, in order. `conventions`: forms of external ids from the config. */
export function idsInText(text: string, conventions: readonly Pick<RegExp, 'test'>[]): IdsInText {
  const words = text
    .split(/[\s,;()[\]{}<>"'`“”|]+/)
    // Handles `id=…`, `id: …` and a full stop after an id.
    .flatMap((word) => [word, ...word.split(/[=#?&]|:(?!\d)/)])
    .map((word) => word.replace(/^[:/]+|[.:!?/*_]+$/g, ''))
    .filter((word) => word.length >= 3);
  const contracts = [...text.matchAll(numberedContract)].flatMap(([, id]) => (id ? [id] : []));
  const isCertain = (word: string) => [...certain, ...conventions].some((pattern) => pattern.test(word));
  const sure = [...new Set([...words.filter(isCertain), ...contracts])];
  const possible = [...new Set(words)].filter(
    (word) => word.length >= 6 && /\d/.test(word) && !sure.includes(word),
  );
  return { certain: sure, possible };
}
