import type { FieldRequirement } from '../config/requirements.ts';
import type { ReadResult, Source } from '../spotdraft/fact.ts';
import type { Field } from '../spotdraft/schemas.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { sameName } from '../workspace/names.ts';
import type { SnapshotContent, SnapshotField } from '../workspace/snapshot.ts';
import type { CheckInput } from './check.ts';
import { type Finding, listed as listedNames, quoted } from './judgement.ts';

/** A form whose fields are judged. */
interface Form {
  /** "intake form of “Order Form”". */
  place: string;
  fields: readonly Field[];
  listed: readonly FieldRequirement[];
  sources: Source[];
  /** Its fields in the model's last complete reading; undefined when the model has no such form. */
  inModel: (content: SnapshotContent) => ReadResult<SnapshotField[]> | undefined;
}

/**
 * Warns of required fields that the requirements do not list and the model does not require, or was not compared with: the
 * integration was validated without them. `promotion.drift` compares only while no check of required objects fails.
 */
export function judgeNewlyRequired(
  { promotion, environment }: Pick<CheckInput, 'promotion' | 'environment'>,
  { place, fields, listed, sources, inModel }: Form,
): Finding[] {
  if (!promotion) return [];
  const model = promotion.configuration && inModel(promotion.configuration);
  const known = model && 'known' in model ? model.known : null;
  const isRequiredThere = (variable: string) =>
    known?.some((each) => each.variable === variable && each.required);
  const unlisted = fields
    .filter(({ variable, required }) => required && !listed.some((each) => each.variable === variable))
    .map(({ variable }) => variable);
  const [label, modelLabel] = [environmentLabel(environment), environmentLabel(promotion.model)];
  const expected = `${place}: no required field that ${modelLabel} does not require`;
  const names = listedNames(unlisted);
  if (known === null)
    return unlisted.length === 0
      ? []
      : [
          {
            status: 'warn',
            expected,
            actual: `not compared with ${modelLabel} yet; required: ${names}`,
            reason: `the requirements do not list ${names}, and promotion.drift has not compared with ${modelLabel} yet`,
            remedy:
              'List under requires what the integration sends, and check again once promotion.drift no longer waits',
            evidence: sources,
          },
        ];
  return unlisted
    .filter((variable) => !isRequiredThere(variable))
    .map((variable) => ({
      status: 'warn',
      expected,
      actual: `${quoted(variable)} is required`,
      reason: `${modelLabel} does not have ${quoted(variable)} required, and the requirements do not list it`,
      remedy: `Have the integration send ${quoted(variable)} and list it under requires, or make it optional in ${place} of ${label}`,
      evidence: sources,
    }));
}

export const intakeFieldsIn =
  (contractType: string) =>
  ({ contractTypeDetails = [] }: SnapshotContent): ReadResult<SnapshotField[]> | undefined =>
    contractTypeDetails.find((each) => sameName(each.contractType, contractType))?.intakeFields;

export const templateFieldsIn =
  (template: string) =>
  ({ templateFields = [] }: SnapshotContent): ReadResult<SnapshotField[]> | undefined =>
    templateFields.find((each) => sameName(each.template, template))?.fields;
