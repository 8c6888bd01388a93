import type { Field } from '../../spotdraft/schemas.ts';
import type { Check } from '../check.ts';
import { judgeDetails } from '../contract-type-details.ts';
import { judgeFields } from '../fields.ts';

export const check: Check = {
  id: 'config.metadata-fields',
  item: 'configuration',
  title: 'Metadata fields exist',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge: (input) =>
    judgeDetails<Field[]>(input, {
      detail: 'metadata',
      isRequired: ({ metadataFields }) => metadataFields.length > 0,
      factOf: ({ metadataFields }) => metadataFields,
      judge: (requirement, fields, { sources }) =>
        judgeFields(requirement.metadataFields, fields, `metadata of “${requirement.name}”`, sources),
    }),
};
