import type { ExternalMetadata } from '../../spotdraft/schemas.ts';
import type { Check } from '../check.ts';
import { fail, nothingRequired, pass, quoted } from '../judgement.ts';
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
    return judgeSample(input, expected, (contracts) => {
      const foreign = contracts.flatMap(({ id, metadata, sources }) => {
        const found = metadata ? markerIn(metadata, markers) : null;
        const remedy = `Find what wrote test data to contract ${id}, stop it, and correct the record`;
        return found ? [fail(`contract ${id}: ${expected}`, found, remedy, sources)] : [];
      });
      if (foreign.length > 0 || contracts.length === 0) return foreign;
      const evidence = input.facts.contracts?.sources ?? [];
      return [pass(expected, `none in ${contracts.length} contracts`, evidence)];
    });
  },
};

/** Place of the first marker that stands as a separate word: "uat" is in "SFDC-UAT" but not in "graduate". */
function markerIn(metadata: ExternalMetadata, markers: readonly string[]): string | null {
  const { id, integration, recordType, data } = metadata;
  const places = {
    id,
    'integration name': integration,
    'record type': recordType,
    'record data': JSON.stringify(data),
  };
  for (const marker of markers) {
    const word = new RegExp(`(?<![\\p{L}\\p{N}])${literal(marker)}(?![\\p{L}\\p{N}])`, 'iu');
    for (const [place, value] of Object.entries(places))
      if (value && word.test(value)) return `${quoted(marker)} in the ${place}`;
  }
  return null;
}

/** `RegExp.escape` is younger than the oldest Node that Envcheck runs on. */
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
