import type { ContractTypeRequirement } from '../../config/requirements.ts';
import type { Source } from '../../spotdraft/fact.ts';
import type { ContractTypeEntity } from '../../spotdraft/schemas.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { withHiddenNamed } from '../../text/hidden-differences.ts';
import { locate, sameName } from '../../workspace/names.ts';
import { judgeByName } from '../by-name.ts';
import type { Check, CheckInput } from '../check.ts';
import { judgeDetails } from '../contract-type-details.ts';
import { type Finding, fail, quoted } from '../judgement.ts';

export const check: Check = {
  id: 'config.entities',
  item: 'configuration',
  title: 'Entities are set up for their contract types',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge: (input) =>
    judgeDetails<ContractTypeEntity[]>(input, {
      detail: 'entities',
      isRequired: ({ entities }) => entities.length > 0,
      factOf: ({ entities }) => entities,
      judge: (requirement, entities, { sources }) =>
        requirement.entities.map((name) =>
          judgeEntity(requirement, name, entities.map(nameOf), sources, input),
        ),
    }),
};

const nameOf = ({ name }: ContractTypeEntity): string => name;

const itself = (entity: string): string => entity;

function judgeEntity(
  requirement: ContractTypeRequirement,
  name: string,
  names: string[],
  evidence: Source[],
  { environment, facts }: CheckInput,
): Finding {
  const ofType = `contract type ${quoted(requirement.name)}`;
  const kind = `entity of ${ofType}`;
  const item = { kind, name, environment, count: names.length, evidence };
  const located = locate(names, name, itself, requirement.entities);
  const all = facts.entities;
  if (located.kind !== 'missing' || all === null) return judgeByName(item, located, itself);
  const label = environmentLabel(environment);
  const expected = `${kind} ${quoted(name)}`;
  const seen = [...evidence, ...all.sources];
  if (!all.known) {
    const doubt = `first create it if it does not exist (the list of entities could not be read: ${all.reason})`;
    return fail(
      expected,
      `not found among ${names.length}`,
      `Add the entity ${quoted(name)} to ${ofType} in ${label}; ${doubt}`,
      seen,
    );
  }
  const elsewhere = locate(
    entitiesKnown(
      all.value.map((entity) => entity.name),
      facts,
    ),
    name,
    itself,
    requirement.entities,
  );
  if (elsewhere.kind === 'found') {
    const shown = quoted(withHiddenNamed(elsewhere.match, name));
    return fail(
      expected,
      `${shown} is an entity of the workspace, but not of this contract type`,
      `Add the entity ${shown} to ${ofType} in ${label}`,
      seen,
    );
  }
  if (elsewhere.kind === 'ambiguous' || elsewhere.near !== null)
    return judgeByName({ ...item, kind: 'entity', evidence: seen }, elsewhere, itself);
  return fail(
    expected,
    `not found among ${all.value.length} entities of the workspace`,
    `Create the entity ${quoted(name)} in ${label}, and add it to ${ofType}`,
    seen,
  );
}

/** The entities of the workspace, and those that a contract type has beside that list. */
function entitiesKnown(names: string[], { contractTypeDetails }: CheckInput['facts']): string[] {
  const others = contractTypeDetails.flatMap(({ entities }) =>
    entities?.known ? entities.value.map((entity) => entity.name) : [],
  );
  return [...names, ...new Set(others.filter((name) => !names.some((each) => sameName(each, name))))];
}
