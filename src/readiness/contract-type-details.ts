import type { ContractTypeRequirement } from '../config/requirements.ts';
import type { Fact } from '../spotdraft/fact.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { ContractTypeDetails } from '../workspace/facts.ts';
import { locate } from '../workspace/names.ts';
import type { CheckInput } from './check.ts';
import { combine, type Finding, type Judgement, nothingRequired, skip, unknownFinding } from './judgement.ts';
import { unseenDetail } from './not-visible.ts';

interface DetailCheck<T> {
  /** "intake form": noun in sentences. */
  detail: string;
  isRequired: (requirement: ContractTypeRequirement) => boolean;
  factOf: (details: ContractTypeDetails) => Fact<T> | null;
  judge: (requirement: ContractTypeRequirement, value: T, fact: Fact<T>) => Finding[];
}

/**
 * Judges one kind of detail of every required contract type. When the type itself is missing or ambiguous, the detail is
 * skipped: `config.contract-types` reports that once.
 */
export function judgeDetails<T>(
  { environment, requires, facts }: CheckInput,
  check: DetailCheck<T>,
): Judgement {
  const requirements = requires.contractTypes.filter(check.isRequired);
  const types = facts.contractTypes;
  if (requirements.length === 0 || types === null)
    return nothingRequired(`nothing is required of the ${check.detail} of any contract type`);
  return combine(
    requirements.flatMap((requirement): Finding[] => {
      const expected = `${check.detail} of contract type “${requirement.name}”`;
      if (!types.known) return [unknownFinding(expected, types)];
      const located = locate(types.value, requirement.name, (type) => type.name);
      if (located.kind !== 'found')
        return [
          skip(expected, `contract type “${requirement.name}” is ${located.kind} (config.contract-types)`),
        ];
      // Ids may repeat, so the entry itself is compared.
      const details = facts.contractTypeDetails.find(({ contractType }) => contractType === located.match);
      const fact = details ? check.factOf(details) : null;
      if (!fact) throw new Error(`${expected} is required and was not read`);
      if (fact.known) return check.judge(requirement, fact.value, fact);
      const item = `contract type “${requirement.name}” in ${environmentLabel(environment)}`;
      return [unseenDetail(expected, fact, item, `it has no ${check.detail}`)];
    }),
  );
}
