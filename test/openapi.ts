import { existsSync, readFileSync } from 'node:fs';
import type { AnySchemaObject } from 'ajv';

/**
 * SpotDraft's API document, which is beside the repository and not part of it. A test that needs it skips with a reason
 * when loadOpenApi returns null.
 */
const location = new URL('../../shared/spotdraft/openapi.json', import.meta.url);

export const NO_OPENAPI = `SpotDraft's API document is not at ${location.pathname}`;

export interface OpenApiOperation {
  /** Upper case. */
  method: string;
  /** Path template with `{parameters}` and the documented trailing slash, if any. */
  path: string;
  /** Documented response statuses, like '200' and '5XX'. */
  statuses: string[];
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: AnySchemaObject;
}

interface Content {
  $ref?: string;
  required?: boolean;
  content?: Record<string, { schema: AnySchemaObject }>;
}

export interface Operation {
  parameters?: Parameter[];
  requestBody?: Content;
  security?: Record<string, unknown>[];
  responses: Record<string, Content>;
  'x-omitted-query-params'?: string[];
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, AnySchemaObject>;
    responses: Record<string, Content>;
    securitySchemes: Record<string, { type: string; in?: string; name?: string }>;
  };
}

let loaded: Document | null | undefined;

function load(): Document | null {
  if (loaded === undefined)
    loaded = existsSync(location) ? (JSON.parse(readFileSync(location, 'utf8')) as Document) : null;
  return loaded;
}

export function documented(): Document {
  const document = load();
  if (!document) throw new Error(`${NO_OPENAPI}; skip the test when loadOpenApi() returns null.`);
  return document;
}

/** The document as it was parsed. Throws when it is missing. */
export const openApiDocument = (): object => documented();

/** The documented operation of a path on the wire without its query, and the schema of its JSON answers; null when there is none. */
export function findResponse(
  method: string,
  path: string,
  status: number,
): { template: string; schema: AnySchemaObject } | null {
  const document = documented();
  const template = templateOf(path);
  const found = document.paths[template ?? '']?.[method.toLowerCase()]?.responses[status];
  const response = found?.$ref ? document.components.responses[found.$ref.split('/').at(-1) ?? ''] : found;
  const schema = response?.content?.['application/json']?.schema;
  return template && schema ? { template, schema } : null;
}

/** Follows a reference to `#/components/schemas/…`. */
export function resolveSchema(reference: string): AnySchemaObject {
  const schema = documented().components.schemas[reference.split('/').at(-1) ?? ''];
  if (!schema) throw new Error(`${reference} is not in the document`);
  return schema;
}

/** Returns null when the document is missing. */
export function loadOpenApi(): { operations: OpenApiOperation[] } | null {
  const document = load();
  if (!document) return null;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(operation.responses),
    })),
  );
  return { operations };
}

/** The documented path with its parameters. A literal segment wins over a parameter. */
export function templateOf(path: string): string | undefined {
  const templates = Object.keys(documented().paths).filter((template) => match(template, path));
  return templates.sort((a, b) => a.split('{').length - b.split('{').length)[0];
}

/** Raw values of the template's parameters; null when the path does not match. */
export function match(template: string, path: string): Record<string, string> | null {
  const pattern = template.replaceAll(/[.]/g, '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const found = new RegExp(`^${pattern}$`).exec(path);
  return found ? { ...found.groups } : null;
}
