import type { TemplateRequirement } from '../../config/requirements.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { locate } from '../../workspace/names.ts';
import type { Check, CheckInput } from '../check.ts';
import { judgeFields } from '../fields.ts';
import { combine, type Finding, nothingRequired, quoted, skip, unknownFinding } from '../judgement.ts';
import { judgeNewlyRequired, templateFieldsIn } from '../newly-required.ts';
import { unseenDetail } from '../not-visible.ts';

export const check: Check = {
  id: 'config.template-fields',
  item: 'configuration',
  title: 'Templates have their fields',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const requirements = input.requires.templates.filter(({ fields }) => fields.length > 0);
    if (requirements.length === 0) return nothingRequired('no field is required of any template');
    return combine(requirements.flatMap((requirement) => judgeTemplate(requirement, input)));
  },
};

function judgeTemplate({ name, fields }: TemplateRequirement, input: CheckInput): Finding[] {
  const { environment, facts } = input;
  const place = `template ${quoted(name)}`;
  const { templates } = facts;
  if (templates === null) throw new Error(`fields of ${place} are required and templates were not read`);
  if (!templates.known) return [unknownFinding(`fields of ${place}`, templates)];
  const located = locate(templates.value, name, (template) => template.name);
  if (located.kind !== 'found')
    return [skip(`fields of ${place}`, `${place} is ${located.kind} (config.templates)`)];
  const read = facts.templateFields.find(({ template }) => template === located.match);
  if (!read) throw new Error(`fields of ${place} are required and were not read`);
  if (!read.fields.known) {
    const item = `${place} in ${environmentLabel(environment)}`;
    return [unseenDetail(`fields of ${place}`, read.fields, item, null)];
  }
  const { value, sources } = read.fields;
  const form = { place, fields: value, listed: fields, sources, inModel: templateFieldsIn(name) };
  return [...judgeFields(fields, value, place, sources), ...judgeNewlyRequired(input, form)];
}
