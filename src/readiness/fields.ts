import type { FieldRequirement, OptionValue } from '../config/config.ts';
import type { Source } from '../spotdraft/fact.ts';
import type { Field } from '../spotdraft/schemas.ts';
import { nearMiss } from '../workspace/names.ts';
import { type Finding, fail, pass, quoted } from './judgement.ts';

/** Compares required fields with those found, by variable: the name that payloads use. Each finding names `place`. */
export function judgeFields(
  required: readonly FieldRequirement[],
  found: readonly Field[],
  place: string,
  evidence: Source[],
): Finding[] {
  return required.flatMap((requirement) => judgeField(requirement, found, place, evidence));
}

function judgeField(
  requirement: FieldRequirement,
  found: readonly Field[],
  place: string,
  evidence: Source[],
): Finding[] {
  const subject = `${place}: ${requirement.variable}`;
  const matches = found.filter(({ variable }) => variable.trim() === requirement.variable.trim());
  const [field] = matches;
  if (!field) {
    const near = nearMiss(
      found.map(({ variable }) => variable),
      requirement.variable,
    );
    const actual = near ? `not found; found ${quoted(near)}` : `not found among ${found.length} fields`;
    return [
      fail(
        describe(subject, requirement),
        actual,
        `Add the field ${quoted(requirement.variable)} to ${place}`,
        evidence,
      ),
    ];
  }
  if (matches.length > 1)
    return [
      fail(
        subject,
        `${matches.length} fields have this variable`,
        `Keep one field ${quoted(field.variable)} in ${place}`,
        evidence,
      ),
    ];
  const problems = [
    typeProblem(requirement, field),
    requiredProblem(requirement, field),
    optionProblem(requirement, field),
  ];
  const failures = problems
    .filter((problem) => problem !== null)
    .map(({ expected, actual, remedy }) =>
      fail(`${subject} ${expected}`, actual, `${remedy} in ${place}`, evidence),
    );
  return failures.length > 0 ? failures : [pass(describe(subject, requirement), 'as required', evidence)];
}

interface Problem {
  expected: string;
  actual: string;
  remedy: string;
}

function typeProblem({ type, variable }: FieldRequirement, field: Field): Problem | null {
  if (type === null || type === field.type) return null;
  return {
    expected: `of type ${type}`,
    actual: `of type ${field.type}`,
    remedy: `Make ${quoted(variable)} a field of type ${type}`,
  };
}

function requiredProblem({ required, variable }: FieldRequirement, field: Field): Problem | null {
  if (required === null || required === field.required) return null;
  const word = (value: boolean) => (value ? 'required' : 'optional');
  return {
    expected: word(required),
    actual: word(field.required),
    remedy: `Make ${quoted(variable)} ${word(required)}`,
  };
}

/** Compares option values only: an integration sends and receives values, and a label may change freely. */
function optionProblem({ options, variable }: FieldRequirement, field: Field): Problem | null {
  const missing = (options ?? []).filter(
    (option) => !field.options.some(({ value }) => sameValue(option, value)),
  );
  if (missing.length === 0) return null;
  const relabelled = missing.flatMap((option) => {
    const twin = field.options.find(({ label }) => label?.trim() === String(option).trim());
    return twin ? [`label ${quoted(String(option))} has the value ${quoted(show(twin.value))}`] : [];
  });
  const offered = field.options.map(({ value }) => quoted(show(value))).join(', ') || 'none';
  const values = missing.map((option) => quoted(String(option))).join(', ');
  return {
    expected: `with option ${values}`,
    actual: relabelled.length > 0 ? relabelled.join('; ') : `values on offer: ${offered}`,
    remedy: `Give ${quoted(variable)} the option value ${values}`,
  };
}

/** A value is a text, number or boolean in YAML, and any of them in an answer. */
const sameValue = (wanted: OptionValue, value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') &&
  String(wanted).trim() === String(value).trim();

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function describe(subject: string, { type, required, options }: FieldRequirement): string {
  const parts = [
    type,
    required === null ? null : required ? 'required' : 'optional',
    options ? `options ${options.join(', ')}` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? `${subject} (${parts.join(', ')})` : subject;
}
