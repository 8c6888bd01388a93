import type { FieldRequirement } from '../config/config.ts';
import type { ReadResult, Source } from '../spotdraft/fact.ts';
import type { Field } from '../spotdraft/schemas.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { sameName } from '../workspace/names.ts';
import type { SnapshotContent, SnapshotField } from '../workspace/snapshot.ts';
import type { CheckInput } from './check.ts';
import { type Finding, quoted } from './judgement.ts';

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
 * Warns of required fields that the requirements do not list and the model does not require: the integration was validated
 * without them. Says nothing without a model or where the model could not be read, because `promotion.drift` says that.
 */
export function judgeNewlyRequired(
  { promotion, environment }: Pick<CheckInput, 'promotion' | 'environment'>,
  { place, fields, listed, sources, inModel }: Form,
): Finding[] {
  const content = promotion?.configuration;
  const model = content && inModel(content);
  if (!promotion || !model || !('known' in model)) return [];
  const isListed = ({ variable }: Field) => listed.some((each) => each.variable === variable);
  const isRequiredThere = ({ variable }: Field) =>
    model.known.some((each) => each.variable === variable && each.required);
  const [label, modelLabel] = [environmentLabel(environment), environmentLabel(promotion.model)];
  return fields
    .filter((field) => field.required && !isListed(field) && !isRequiredThere(field))
    .map(({ variable }) => ({
      status: 'warn',
      expected: `${place}: no required field that ${modelLabel} does not require`,
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
