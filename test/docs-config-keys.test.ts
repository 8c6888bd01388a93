import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../src/config/schema.ts';

interface Node {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node;
  anyOf?: Node[];
}

const INTRO = `# Configuration keys

Every key of \`envcheck.yaml\`, made from the schema that the program checks the file with. [configuration.md](configuration.md)
explains the file; [envcheck.example.yaml](../envcheck.example.yaml) shows all of it in use.

To change a description, edit the schema in \`config/\` and run \`npm test -- test/docs-config-keys.test.ts -u\`.
`;

/** Fails when a key or its description changed; `npm test -- … -u` writes the page again. */
it('docs/config-keys.md lists every key of the schema with its description', async () => {
  const { properties = {}, required = [] } = configJsonSchema() as Node;
  const sections = Object.entries(properties).map(([name, node]) => {
    const about = `${node.description}. _${sentence(notes(node, required.includes(name)))}_`;
    const below = keysBelow(name, node);
    return [`## \`${name}\``, '', about, '', ...(below.length > 0 ? [...below, ''] : [])].join('\n');
  });
  await expect([INTRO, ...sections].join('\n')).toMatchFileSnapshot(
    join(import.meta.dirname, '../docs/config-keys.md'),
  );
});

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

const isObject = (node: Node, key: string): boolean => key in (node.properties ?? {});
const isSecret = ({ anyOf = [] }: Node): boolean =>
  anyOf.some((choice) => isObject(choice, 'env')) && anyOf.some((choice) => isObject(choice, 'file'));

/** The lines of the keys below a key. A secret is one key; configuration.md explains its two forms. */
function keysBelow(path: string, node: Node): string[] {
  if (isSecret(node)) return [];
  const { properties = {}, required = [], additionalProperties, items, anyOf = [] } = node;
  return [
    ...Object.entries(properties).flatMap(([name, below]) => [
      `- \`${path}.${name}\` (${notes(below, required.includes(name))}): ${below.description}.`,
      ...keysBelow(`${path}.${name}`, below),
    ]),
    ...(typeof additionalProperties === 'object' ? keysBelow(`${path}.<name>`, additionalProperties) : []),
    ...(items ? keysBelow(`${path}[]`, items) : []),
    // A choice requires nothing that the other choices do not have.
    ...anyOf.flatMap((choice) => keysBelow(path, { ...choice, required: [] })),
  ];
}

function notes(node: Node, required: boolean): string {
  const { default: preset } = node;
  const isEmpty = typeof preset === 'object' && Object.keys(preset ?? {}).length === 0;
  const shown = Array.isArray(preset) ? `[${preset.join(', ')}]` : `${preset}`;
  return [
    typeOf(node),
    ...(required ? ['required'] : []),
    ...(preset === undefined || isEmpty ? [] : [`default \`${shown}\``]),
  ].join('; ');
}

const oneOf = (values: string[]): string => values.map((value) => `\`${value}\``).join(', ');

function typeOf(node: Node): string {
  const { type, items, additionalProperties, anyOf } = node;
  if (isSecret(node)) return 'secret';
  if (node.enum) return oneOf(node.enum);
  if (type === 'array') {
    if (items?.enum) return items.enum.length <= 10 ? `list of ${oneOf(items.enum)}` : 'list of names';
    if (items?.anyOf) return 'list of names, or of entries with these keys';
    return items?.properties ? 'list of entries with these keys' : 'list';
  }
  if (type === 'object')
    return typeof additionalProperties === 'object' ? 'one entry per name' : 'these keys';
  return type ?? (anyOf ? 'one of these keys' : 'any');
}
