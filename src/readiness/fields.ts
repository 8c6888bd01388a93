import type { FieldRequirement, OptionValue } from '../config/requirements.ts';
import type { Source } from '../spotdraft/fact.ts';
import type { Field } from '../spotdraft/schemas.ts';
import { withHiddenNamed } from '../text/hidden-differences.ts';
import { areNear, nearestName } from '../workspace/names.ts';
import { type Finding, fail, pass, quoted } from './judgement.ts';

/**
 * Compares required fields with those found, by variable: the name that payloads use. Programs send variables and option
 * values as data, so both are compared exactly. Each finding names `place`.
 */
export function judgeFields(
  required: readonly FieldRequirement[],
  found: readonly Field[],
  place: string,
  evidence: Source[],
): Finding[] {
  const variables = required.map(({ variable }) => variable);
  return required.flatMap((requirement) => {
    const matches = found.filter(({ variable }) => variable === requirement.variable);
    const [field] = matches;
    if (!field) return [absent(requirement, found, variables, place, evidence)];
    if (matches.length === 1) return judgeField(requirement, field, place, evidence);
    return [
      fail(
        `${place}: ${requirement.variable}`,
        `${matches.length} fields have this variable`,
        `Keep one field ${quoted(field.variable)} in ${place}`,
        evidence,
      ),
    ];
  });
}

function absent(
  requirement: FieldRequirement,
  found: readonly Field[],
  required: readonly string[],
  place: string,
  evidence: Source[],
): Finding {
  const others = found.map(({ variable }) => variable).filter((variable) => !required.includes(variable));
  const near = nearestName(others, requirement.variable);
  if (near === null) {
    const remedy = `Add the field ${quoted(requirement.variable)} to ${place}`;
    return fail(
      describe(`${place}: ${requirement.variable}`, requirement),
      `not found among ${found.length} fields`,
      remedy,
      evidence,
    );
  }
  const variable = withHiddenNamed(requirement.variable, near);
  const other = quoted(withHiddenNamed(near, requirement.variable));
  return fail(
    describe(`${place}: ${variable}`, requirement),
    `not found; found ${other}`,
    `Add the field ${quoted(variable)} to ${place}, or correct the requirement if the integration uses ${other}`,
    evidence,
  );
}

function judgeField(
  requirement: FieldRequirement,
  field: Field,
  place: string,
  evidence: Source[],
): Finding[] {
  const subject = `${place}: ${requirement.variable}`;
  const problems = [
    typeProblem(requirement, field),
    requiredProblem(requirement, field),
    optionProblem(requirement, field),
  ];
  const failures = problems
    .filter((problem) => problem !== null)
    .map(({ expected, actual, remedy, otherwise }) =>
      fail(`${subject} ${expected}`, actual, `${remedy} in ${place}${otherwise ?? ''}`, evidence),
    );
  return failures.length > 0 ? failures : [pass(describe(subject, requirement), 'as required', evidence)];
}

interface Problem {
  expected: string;
  actual: string;
  remedy: string;
  /** The other way out, after the place. */
  otherwise?: string;
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

/** Compares option values only: a label may change freely. The type counts: the number 30 is not the text "30". */
function optionProblem({ options, variable }: FieldRequirement, field: Field): Problem | null {
  const missing = (options ?? []).filter((option) => !field.options.some(({ value }) => value === option));
  if (missing.length === 0) return null;
  const wanted = missing.map((option) => shownBeside(option, field.options)).join(', ');
  const twins = missing.flatMap((option) => twinOf(option, field.options) ?? []);
  const offered = field.options.map(({ value }) => show(value)).join(', ') || 'none';
  const ofOtherType = missing.find((option) => otherType(option, field.options));
  return {
    expected: `with option ${wanted}`,
    actual: twins.length > 0 ? twins.join('; ') : `values on offer: ${offered}`,
    remedy: `Give ${quoted(variable)} the option value ${wanted}`,
    ...(ofOtherType === undefined ? {} : { otherwise: rewritten(ofOtherType) }),
  };
}

type Options = Field['options'];

const otherType = (option: OptionValue, options: Options): Options[number] | undefined =>
  options.find(
    ({ value }) =>
      typeof value !== typeof option &&
      ['string', 'number', 'boolean'].includes(typeof value) &&
      String(value) === String(option),
  );

const nearValue = (option: OptionValue, options: Options): string | undefined =>
  options
    .map(({ value }) => value)
    .filter((value) => typeof value === 'string')
    .find((value) => typeof option === 'string' && areNear(value, option));

/** The option on offer that was probably meant: the same value as another type, under its label, or in another spelling. */
function twinOf(option: OptionValue, options: Options): string | null {
  const typed = otherType(option, options);
  if (typed)
    return `found the ${typeof typed.value === 'string' ? 'text' : typeof typed.value} ${show(typed.value)}`;
  const beside = (value: unknown) =>
    typeof value === 'string' ? quoted(withHiddenNamed(value, String(option))) : show(value);
  const labelled = options.find(({ label }) => label?.trim() === String(option).trim());
  if (labelled) return `label ${quoted(String(option))} has the value ${beside(labelled.value)}`;
  const near = nearValue(option, options);
  return near === undefined ? null : `found ${beside(near)}`;
}

function shownBeside(option: OptionValue, options: Options): string {
  const near = nearValue(option, options);
  return typeof option === 'string' && near !== undefined
    ? quoted(withHiddenNamed(option, near))
    : show(option);
}

/** YAML tells the two apart: 30 is a number, "30" is text. */
const rewritten = (option: OptionValue): string =>
  typeof option === 'string'
    ? `, or write ${option} without quotes in the requirement if the integration sends it so`
    : `, or write "${option}" in quotes in the requirement if the integration sends text`;

/** A text in quotes, a number or another value as JSON. */
const show = (value: unknown): string => (typeof value === 'string' ? quoted(value) : JSON.stringify(value));

function describe(subject: string, { type, required, options }: FieldRequirement): string {
  const parts = [
    type,
    required === null ? null : required ? 'required' : 'optional',
    options ? `options ${options.map(plain).join(', ')}` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? `${subject} (${parts.join(', ')})` : subject;
}

/** Writes an option value as YAML does: a text that reads as another type, or has outer blanks, is in quotes. */
const plain = (option: OptionValue): string =>
  typeof option === 'string' && (option !== option.trim() || isOtherTypeInYaml(option))
    ? JSON.stringify(option)
    : String(option);

const isOtherTypeInYaml = (text: string): boolean =>
  /^(?:true|false|null|~|)$/i.test(text) || !Number.isNaN(Number(text));
