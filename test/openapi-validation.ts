import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { type Document, documented, match, type Operation, type Parameter, templateOf } from './openapi.ts';

/**
 * Problems of a response; empty when there are none. `template` is a path of the document, `body` the parsed JSON,
 * undefined when there is none. Keys that the document does not declare count as wrong: a misspelt optional field would
 * otherwise pass.
 */
export function validateResponse(method: string, template: string, status: number, body: unknown): string[] {
  const document = documented();
  const operation = document.paths[template]?.[method.toLowerCase()];
  if (!operation) return [`${method} ${template} is not documented`];
  const found = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`];
  if (!found) return [`status ${status} is not documented for ${method} ${template}`];
  const response = found.$ref ? document.components.responses[found.$ref.split('/').at(-1) ?? ''] : found;
  const schema = response?.content?.['application/json']?.schema;
  if (schema) return check(schema, body, `${status} body`);
  return status === 204 && body !== undefined ? ['204 with a body'] : [];
}

/**
 * Problems of a request; empty when there are none. `path` is the path on the wire without its query, `body` the raw
 * text, empty when there is none. Header names are lower case, as node gives them.
 */
export function validateRequest(
  method: string,
  path: string,
  query: URLSearchParams,
  headers: Record<string, string | string[] | undefined>,
  body: string,
): string[] {
  const document = documented();
  const template = templateOf(path);
  if (template === undefined) return [`no documented path is ${path}`];
  const operation = document.paths[template]?.[method.toLowerCase()];
  if (!operation) return [`${method} is not documented for ${template}`];
  const parameters = operation.parameters ?? [];
  return [
    ...checkPath(parameters, match(template, path) ?? {}),
    ...checkQuery(operation, parameters, query),
    ...checkHeaders(document, operation, parameters, headers),
    ...checkBody(operation, headers, body),
  ];
}

function checkPath(parameters: Parameter[], values: Record<string, string>): string[] {
  return parameters
    .filter((parameter) => parameter.in === 'path')
    .flatMap(({ name, schema }) =>
      check(schema, parse(decodeURIComponent(values[name] ?? ''), schema), `path parameter ${name}`),
    );
}

function checkQuery(operation: Operation, parameters: Parameter[], query: URLSearchParams): string[] {
  const declared = parameters.filter((parameter) => parameter.in === 'query');
  const omitted = operation['x-omitted-query-params'] ?? [];
  const missing = declared
    .filter(({ name, required }) => required && !query.has(name))
    .map(({ name }) => `query parameter ${name} is missing`);
  const wrong = [...new Set(query.keys())].flatMap((name) => {
    const parameter = declared.find((each) => each.name === name);
    if (!parameter) {
      const known = omitted.includes(name.replace(/\[\$\w+\]$/, ''));
      return known ? [] : [`query parameter ${name} is not documented`];
    }
    const { schema } = parameter;
    const values = query.getAll(name);
    if (schema.type === 'array') return check(schema, values, `query parameter ${name}`);
    if (values.length > 1) return [`query parameter ${name} is sent ${values.length} times`];
    // Documented as one value of the enum; its text says comma-separated.
    const items = name.endsWith('[$in]') ? (values[0] ?? '').split(/(?<!\\),/) : values;
    return items.flatMap((value) => check(schema, parse(value, schema), `query parameter ${name}`));
  });
  return [...missing, ...wrong];
}

function checkHeaders(
  document: Document,
  operation: Operation,
  parameters: Parameter[],
  headers: Record<string, string | string[] | undefined>,
): string[] {
  // The first alternative is the pair of client headers; the other one, OAuth, is not used.
  const needed = Object.keys(operation.security?.[0] ?? {}).flatMap((scheme) => {
    const { in: place, name } = document.components.securitySchemes[scheme] ?? {};
    return place === 'header' && name ? [name.toLowerCase()] : [];
  });
  const missing = needed.filter((name) => !headers[name]).map((name) => `header ${name} is missing`);
  const wrong = parameters
    .filter((parameter) => parameter.in === 'header')
    .flatMap(({ name, schema, required }) => {
      const value = headers[name.toLowerCase()];
      if (value === undefined) return required ? [`header ${name} is missing`] : [];
      return check(schema, value, `header ${name}`);
    });
  return [...missing, ...wrong];
}

function checkBody(
  { requestBody }: Operation,
  headers: Record<string, string | string[] | undefined>,
  body: string,
): string[] {
  if (!requestBody) return body === '' ? [] : ['a body where none is documented'];
  const schema = requestBody.content?.['application/json']?.schema;
  if (!schema) return ['the documented body is not JSON'];
  if (body === '') return requestBody.required ? ['the body is missing'] : [];
  const type = String(headers['content-type'] ?? 'none').split(';')[0];
  if (type !== 'application/json') return [`content-type is ${type}`];
  try {
    return check(schema, JSON.parse(body), 'body');
  } catch (error) {
    return [`the body is not JSON: ${error}`];
  }
}

/** Converts text from a path or query to the type of its schema; it stays text when it does not convert. */
function parse(text: string, schema: AnySchemaObject): unknown {
  if (schema.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && /^(?:true|false)$/.test(text)) return text === 'true';
  return text;
}

// Strict mode would refuse the keywords that OpenAPI 3.0 adds. Ajv knows `nullable`.
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);

const compiled = new WeakMap<AnySchemaObject, ValidateFunction>();

function check(schema: AnySchemaObject, value: unknown, where: string): string[] {
  let validate = compiled.get(schema);
  if (!validate) {
    // References are to #/components/…, so the components go along.
    validate = ajv.compile(closed({ allOf: [schema], components: documented().components }));
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${where}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
}

const looselyCompiled = new WeakMap<AnySchemaObject, ValidateFunction>();

/** Problems of an answer whose optional fields may be null, as SpotDraft documents beside the schemas. Other fields may be there. */
export function validateWithNulls(schema: AnySchemaObject, value: unknown): string[] {
  let validate = looselyCompiled.get(schema);
  if (!validate) {
    validate = ajv.compile(withNulls({ allOf: [schema], components: documented().components }));
    looselyCompiled.set(schema, validate);
  }
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** Copy of the schema in which every field that is not required may be null. */
function withNulls<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withNulls) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy: AnySchemaObject = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, withNulls(value)]),
  );
  if (copy.type === 'object' && typeof copy.properties === 'object')
    copy.properties = Object.fromEntries(
      Object.entries(copy.properties).map(([key, inner]) =>
        copy.required?.includes(key) ? [key, inner] : [key, { anyOf: [inner, { type: 'null' }] }],
      ),
    );
  return copy as T;
}

/** Copy of the schema in which an object with declared properties allows no others unless it says so. */
function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const hasProperties = typeof copy.properties === 'object' && copy.type === 'object';
  return (
    hasProperties && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy
  ) as T;
}

/** Problems of a webhook payload; empty when there are none. */
export function validateWebhook(body: unknown): string[] {
  const schema = documented().components.schemas.ContractActivityDomainModel;
  return schema ? check(schema, body, 'webhook') : ['webhooks are not documented'];
}
