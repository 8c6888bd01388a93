import type { TemplateRequirement } from '../../config/requirements.ts';
import type { ContractType, Template } from '../../spotdraft/schemas.ts';
import { environmentLabel } from '../../text/environment-label.ts';
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
  const claimed = input.requires.templates.map(({ name }) => name);
  const located = locate(list, requirement.name, ({ name }) => name, claimed);
  if (located.kind === 'missing') {
    const archived = judgeArchived(requirement, located.near, input);
    if (archived) return [archived];
  }
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

/** The finding for a template that is archived, or may be; null when it is neither. */
function judgeArchived(
  { name, contractType }: TemplateRequirement,
  near: string | null,
  { environment, facts }: CheckInput,
): Finding | null {
  const { archivedTemplates: archived, templates } = facts;
  if (archived === null) return null;
  const label = environmentLabel(environment);
  const expected = `published template ${quoted(name)}`;
  const evidence = [...(templates?.sources ?? []), ...archived.sources];
  if (!archived.known) {
    if (near !== null) return null;
    const doubt = `restore it if it is archived (the archived ones could not be read: ${archived.reason})`;
    const remedy = `Create the published template ${quoted(name)} in ${label}, or ${doubt}`;
    return fail(expected, 'not found among the published ones', remedy, evidence);
  }
  const located = locate(archived.value, name, (template) => template.name);
  if (located.kind === 'missing') return null;
  if (located.kind === 'found') {
    const remedy = `Restore the archived template ${quoted(name)} in ${label}, and publish it`;
    return fail(expected, 'archived', remedy, evidence);
  }
  const types = facts.contractTypes?.known ? facts.contractTypes.value : [];
  const typeOf = ({ contractTypeId }: Template) =>
    types.find(({ id }) => id === contractTypeId)?.name ?? null;
  const all = archived.value.filter((template) => sameName(template.name, name));
  const right =
    contractType === null ? [] : all.filter((template) => sameName(typeOf(template) ?? '', contractType));
  const which = (right.length > 0 ? right : all).map((template) => {
    const type = typeOf(template);
    return `${template.id}${type === null ? '' : ` of contract type ${quoted(type)}`}`;
  });
  const remedy = `Restore one of the archived templates ${quoted(name)} in ${label}, and publish it: template ${which.join(', or ')}`;
  return fail(expected, `archived; ${all.length} archived templates have this name`, remedy, evidence);
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
