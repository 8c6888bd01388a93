import type { ExternalMetadata } from '../../spotdraft/contract-schemas.ts';
import type { SampledContract } from '../../workspace/facts.ts';
import type { Check } from '../check.ts';
import { findMarker } from '../foreign-markers.ts';
import { type Finding, fail, nothingRequired, pass, quoted, unknownFinding } from '../judgement.ts';
import { judgeSample } from '../sampled-contracts.ts';

export const check: Check = {
  id: 'external-metadata.foreign',
  item: 'external-metadata',
  title: "No other environment's records in production",
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const markers = input.externalMetadata?.foreignMarkers ?? [];
    if (markers.length === 0) return nothingRequired('no foreign marker is configured');
    if (!input.environment.production) return nothingRequired('judged in production only');
    const expected = `none of ${markers.map(quoted).join(', ')}`;
    const listed = input.facts.contracts?.sources ?? [];
    return judgeSample(input, expected, (read, all) => {
      const findings = all.flatMap((contract): Finding[] => {
        const { id, title, externalMetadata: metadata } = contract;
        const places = [...namePlaces(contract), ...(metadata.known ? recordPlaces(metadata.value) : [])];
        const found = markersIn(places, markers);
        const remedy = `Find what wrote test data to contract ${id}, stop it, and correct the contract`;
        if (found.length > 0)
          return [
            fail(`contract ${id}: ${expected}`, found.join('; '), remedy, [...metadata.sources, ...listed]),
          ];
        return title === null ? [untitled(id, expected, listed)] : [];
      });
      if (findings.length > 0 || read.length === 0) return findings;
      return [pass(expected, `none in ${read.length} contracts`, listed)];
    });
  },
};

const untitled = (id: string, expected: string, sources: SampledContract['externalMetadata']['sources']) =>
  unknownFinding(
    `contract ${id}: ${expected}`,
    {
      known: false,
      code: 'shape',
      reason: `the list shows no title of contract ${id}, so the title was not searched`,
      spotdraftCode: null,
      sources,
    },
    `Look at the title of contract ${id} in SpotDraft`,
  );

type Place = [name: string, text: string | null];

const namePlaces = ({ title, counterparty }: SampledContract): Place[] => [
  ['title', title],
  ['counterparty', counterparty],
];

const recordPlaces = (metadata: ExternalMetadata | null): Place[] =>
  metadata === null
    ? []
    : [
        ['record id', metadata.id],
        ['integration name', metadata.integration],
        ['record type', metadata.recordType],
        ...dataPlaces(metadata.data),
      ];

/** Texts, numbers and keys anywhere in the record data, each with its path. */
function dataPlaces(data: unknown): Place[] {
  const places: Place[] = [];
  const open: [path: string, value: unknown][] = [['', data]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [path, value] = next;
    const place = path === '' ? 'record data' : `record data at ${path}`;
    if (typeof value === 'string') places.push([place, value]);
    else if (typeof value === 'number') places.push([place, String(value)]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value).reverse()) {
        const below = path === '' ? key : `${path}.${key}`;
        if (!Array.isArray(value)) places.push([`record data, in the name of ${below}`, key]);
        open.push([below, inner]);
      }
  }
  return places;
}

const MAX_PLACES = 3;
const MAX_PATH = 80;

/** Matches and their places, at most three of them. */
function markersIn(places: Place[], markers: readonly string[]): string[] {
  const found: string[] = [];
  for (const [name, text] of places) {
    const match = text === null ? null : findMarker(text, markers);
    if (!match) continue;
    const place = name.length > MAX_PATH ? `${name.slice(0, MAX_PATH)}…` : name;
    const as = match.word === match.marker ? '' : `, as ${quoted(match.word)}`;
    found.push(`${quoted(match.marker)} in the ${place}${as}`);
    if (found.length === MAX_PLACES) break;
  }
  return found;
}
