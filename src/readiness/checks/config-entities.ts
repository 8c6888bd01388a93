import { locate } from '../../workspace/names.ts';
import { judgeByName } from '../by-name.ts';
import type { Check } from '../check.ts';
import { judgeDetails } from '../contract-type-details.ts';

export const check: Check = {
  id: 'config.entities',
  item: 'configuration',
  title: 'Entities are set up for their contract types',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge: (input) =>
    judgeDetails<string[]>(input, {
      detail: 'entities',
      isRequired: ({ entities }) => entities.length > 0,
      factOf: ({ entities }) => entities,
      judge: (requirement, names, { sources }) =>
        requirement.entities.map((name) =>
          judgeByName(
            {
              kind: `entity of contract type “${requirement.name}”`,
              name,
              environment: input.environment,
              count: names.length,
              evidence: sources,
            },
            locate(names, name, (entity) => entity),
            (entity) => entity,
          ),
        ),
    }),
};
