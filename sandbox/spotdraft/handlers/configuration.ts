import { ApiError, json } from '../answer.ts';
import { type Call, type Handler, parameter } from '../handler.ts';
import type { SimContractType, SimEntity, SimField, SimTemplate } from '../model.ts';
import { booleanParameter, positiveInteger } from '../query.ts';

export const contractTypes: Handler = ({ workspace }) =>
  json(
    200,
    workspace.contractTypes.map(({ id, name }) => ({ id, name })),
  );

export const contractTypeEntities: Handler = (call) => {
  const { entityIds } = contractType(call);
  const entities = call.workspace.entities.filter((entity) => entityIds.includes(entity.id));
  return json(200, entities.map(entityOfContractType));
};

/** SpotDraft does not document the answer for a contract type without an intake form; here it is an empty list. */
export const intakeForm: Handler = (call) => json(200, (contractType(call).intakeForm ?? []).map(question));

export const templates: Handler = ({ workspace, query }) => {
  const archived = booleanParameter(query, 'include_archived');
  // Validated but without effect, because no simulated template has several counterparties.
  booleanParameter(query, 'exclude_multi_party');
  const listed = workspace.templates.filter(
    (template) =>
      (template.state === 'published' || (archived && template.state === 'archived')) &&
      matchesCounterParty(template, query) &&
      matchesTags(template, query),
  );
  const items = listed.map(({ id, name, contractTypeId }) => ({
    id,
    name,
    contract_type_id: contractTypeId,
  }));
  return json(200, { items });
};

export const template: Handler = (call) => {
  const { id, name, contractTypeId, tags } = findTemplate(call);
  return json(200, { id, name, contract_type_id: contractTypeId, tags });
};

export const templateMetadata: Handler = (call) => {
  const { fields, counterPartyKind } = findTemplate(call);
  return json(200, { attributes: fields.map(descriptor), counter_party_kind: counterPartyKind });
};

/** An unknown id gives an empty list, because no 404 is documented. */
export const keyPointers: Handler = ({ workspace, query }) => {
  const id = positiveInteger(query, 'contract_type_id');
  if (id === null) throw new ApiError(400, 'contract_type_id is required.');
  const externalOnly = booleanParameter(query, 'is_external');
  const fields = workspace.contractTypes
    .filter((type) => type.id === id)
    .flatMap((type) => type.metadataFields)
    .filter((field) => field.external || !externalOnly);
  return json(
    200,
    fields.map((field) => ({
      id: field.id,
      descriptors: field.descriptors.map(descriptor),
      section: { id: field.section.id, section_type: field.section.type, name: field.section.name },
    })),
  );
};

export const entities: Handler = ({ workspace }) =>
  json(
    200,
    workspace.entities.map(({ id, name, referenceId, country, type, address, isPrimary }) => ({
      id,
      name,
      reference_id: referenceId,
      jurisdiction: country,
      organization_type: type,
      primary_address: {
        id: address.id,
        line_one: address.lineOne,
        city_name: address.city,
        state_name: address.state,
        zipcode: address.zipcode,
        country,
      },
      is_primary: isPrimary,
    })),
  );

function contractType(call: Call): SimContractType {
  const id = Number(parameter(call, 'contract_type_id'));
  const found = call.workspace.contractTypes.find((type) => type.id === id);
  if (!found) throw new ApiError(404, `Contract type ${id} was not found.`);
  return found;
}

/** Finds a template by id, including drafts and archived ones. */
function findTemplate(call: Call): SimTemplate {
  const id = Number(parameter(call, 'template_id'));
  const found = call.workspace.templates.find((each) => each.id === id);
  if (!found) throw new ApiError(404, `Template ${id} was not found.`);
  return found;
}

function entityOfContractType(entity: SimEntity) {
  const { lineOne, city, state, zipcode } = entity.address;
  return {
    entity_id: entity.id,
    entity_name: entity.name,
    entity_type: entity.type.name,
    jurisdiction_of_incorporation: entity.country.name,
    address: { city, state, country: entity.country.name, zipcode, line_one: lineOne },
    is_primary: entity.isPrimary,
  };
}

function matchesCounterParty({ counterPartyKind }: SimTemplate, query: URLSearchParams): boolean {
  const wanted = query.get('cp_types');
  const all = booleanParameter(query, 'cp_types_all');
  if (wanted === null) return true;
  if (wanted !== 'Organisation' && wanted !== 'Individual')
    throw new ApiError(400, `cp_types is "${wanted}" and must be Organisation or Individual.`);
  return counterPartyKind === wanted || (!all && counterPartyKind === 'Both');
}

/** `tags` matches templates without any other tag, `tags_all` templates with all of these tags. */
function matchesTags({ tags }: SimTemplate, query: URLSearchParams): boolean {
  const among = query.getAll('tags');
  const all = query.getAll('tags_all');
  return (
    (among.length === 0 || tags.every((tag) => among.includes(tag))) && all.every((tag) => tags.includes(tag))
  );
}

/** A field in the format of an intake form. Undefined values do not appear in the JSON. */
function question(field: SimField): object {
  return {
    display_label: field.label,
    variable: field.variable,
    type: field.type,
    required: field.required,
    options: field.options,
    default_value: field.defaultValue,
    question: field.question,
    parent_type: field.parentType,
    attributes: field.attributes?.map(question),
  };
}

/** A field in the format of templates and metadata definitions: the intake form's format and more. */
function descriptor(field: SimField): object {
  return {
    ...question(field),
    help_text: field.helpText,
    parent_variable: field.parentVariable,
    child_variable: field.childVariable,
    parent_required: field.parentRequired,
    attributes: field.attributes?.map(descriptor),
  };
}
