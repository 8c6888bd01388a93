import { locate } from '../../workspace/names.ts';
import { judgeByName } from '../by-name.ts';
import type { Check } from '../check.ts';
import { combine, judgeFact, nothingRequired } from '../judgement.ts';

export const check: Check = {
  id: 'config.contract-types',
  item: 'configuration',
  title: 'Contract types exist',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge({ environment, requires, facts: { contractTypes } }) {
    if (requires.contractTypes.length === 0 || contractTypes === null)
      return nothingRequired('no contract type is required');
    const claimed = requires.contractTypes.map(({ name }) => name);
    return combine(
      requires.contractTypes.flatMap(({ name }) =>
        judgeFact(contractTypes, `contract type “${name}”`, (types) => [
          judgeByName(
            {
              kind: 'contract type',
              name,
              environment,
              count: types.length,
              evidence: contractTypes.sources,
            },
            locate(types, name, (type) => type.name, claimed),
            (type) => type.name,
          ),
        ]),
      ),
    );
  },
};
