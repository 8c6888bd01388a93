import type { Field } from '../../spotdraft/schemas.ts';
import type { Check } from '../check.ts';
import { judgeDetails } from '../contract-type-details.ts';
import { judgeFields } from '../fields.ts';
import { intakeFieldsIn, judgeNewlyRequired } from '../newly-required.ts';

export const check: Check = {
  id: 'config.intake-forms',
  item: 'configuration',
  title: 'Intake forms have their fields',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge: (input) =>
    judgeDetails<Field[]>(input, {
      detail: 'intake form',
      isRequired: ({ intakeFields }) => intakeFields.length > 0,
      factOf: ({ intakeFields }) => intakeFields,
      judge: ({ name, intakeFields }, fields, { sources }) => {
        const place = `intake form of “${name}”`;
        const form = { place, fields, listed: intakeFields, sources, inModel: intakeFieldsIn(name) };
        return [...judgeFields(intakeFields, fields, place, sources), ...judgeNewlyRequired(input, form)];
      },
    }),
};
