import type { TemplateRequirement } from '../../config/config.ts';
import type { ContractType, Template } from '../../spotdraft/schemas.ts';
import { locate, sameName } from '../../workspace/names.ts';
import { judgeByName } from '../by-name.ts';
import type { Check, CheckInput } from '../check.ts';
import {
  combine,
  type Finding,
  fail,
  judgeFact,
  nothingRequired,
  quoted,
  unknownFinding,
} from '../judgement.ts';

export const check: Check = {
  id: 'config.templates',
  item: 'configuration',
  title: 'Templates are published, with their contract type',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const { templates } = input.facts;
    if (input.requires.templates.length === 0 || templates === null)
      return nothingRequired('no template is required');
    return combine(
      input.requires.templates.flatMap((requirement) =>
        judgeFact(templates, `published template ${quoted(requirement.name)}`, (list) =>
          judgeTemplate(requirement, list, input),
        ),
      ),
    );
  },
};

/** SpotDraft lists published templates only, so one that is listed is published. */
function judgeTemplate(requirement: TemplateRequirement, list: Template[], input: CheckInput): Finding[] {
  const evidence = input.facts.templates?.sources ?? [];
  const located = locate(list, requirement.name, ({ name }) => name);
  const byName = judgeByName(
    {
      kind: 'published template',
      name: requirement.name,
      environment: input.environment,
      count: list.length,
      evidence,
    },
    located,
    ({ name }) => name,
  );
  if (located.kind !== 'found' || requirement.contractType === null) return [byName];
  return [judgeContractType(located.match, requirement.contractType, input) ?? byName];
}

/** null when it is as required, or when `config.contract-types` reports the contract type itself. */
function judgeContractType(template: Template, wanted: string, input: CheckInput): Finding | null {
  const { environment, facts, requires } = input;
  const expected = `template ${quoted(template.name)} of contract type ${quoted(wanted)}`;
  const types = facts.contractTypes;
  if (types === null) throw new Error('contract types are needed for a template and were not read');
  if (!types.known) return unknownFinding(expected, types);
  const located = locate(types.value, wanted, ({ name }) => name);
  if (located.kind !== 'found') {
    if (requires.contractTypes.some(({ name }) => sameName(name, wanted))) return null;
    const count = types.value.length;
    const item = { kind: 'contract type', name: wanted, environment, count, evidence: types.sources };
    return judgeByName<ContractType>(item, located, ({ name }) => name);
  }
  if (located.match.id === template.contractTypeId) return null;
  const actual = types.value.find(({ id }) => id === template.contractTypeId);
  return fail(
    expected,
    actual
      ? `of contract type ${quoted(actual.name)}`
      : `of contract type ${template.contractTypeId}, which is not listed`,
    `Publish ${quoted(template.name)} under contract type ${quoted(wanted)}`,
    [...(facts.templates?.sources ?? []), ...types.sources],
  );
}
