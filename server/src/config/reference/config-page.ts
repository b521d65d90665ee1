// docs/reference/config.md, made from the schema, so that it cannot say anything else.

import { configJsonSchema, type SchemaNode } from '../schema/fields.ts';

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The page, whole. */
export function configPage(): string {
  const root = configJsonSchema();
  const intro = [
    '# Configuration reference',
    '',
    'Generated from `server/src/config/schema`; refresh it with `npm run docs`. By example: [the guide](../guide/configuration.md).',
    'The presets of `provider` are listed in [providers](providers.md).',
    '',
    'The file is `sluice.jsonc`: JSON with comments and trailing commas. It is found by `--config`, `SLUICE_CONFIG`, in the',
    'working directory, and in `$XDG_CONFIG_HOME/sluice` (by default `~/.config/sluice`), in this order. Every field may be',
    'left out unless it says **required**; fields that are not listed here are errors. Texts may hold `${NAME}`,',
    '`${NAME:-default}` and `{file:path}`; `$${` stands for `${`.',
  ].join('\n');
  const top = ['## The file', '', ...table(root)].join('\n');
  const told = new Map<string, string>();
  const sections = Object.entries(root.properties ?? {}).flatMap(([name, node]) =>
    sectionsOf(name, node, told),
  );
  return `${[intro, top, ...sections].join('\n\n')}\n`;
}

/** One section for each object below a field, depth first. `told`: table → the first place that has it. */
function sectionsOf(path: string, node: SchemaNode, told: Map<string, string>): readonly string[] {
  const { items, additionalProperties } = node;
  const below = [
    ...(node.anyOf ?? []).flatMap((branch) => sectionsOf(path, branch, told)),
    ...(items === undefined ? [] : sectionsOf(`${path}[]`, items, told)),
    ...(typeof additionalProperties === 'object' ? sectionsOf(`${path}.*`, additionalProperties, told) : []),
  ];
  if (node.properties === undefined) return below;
  const title = `## ${code(path)}`;
  const text = table(node).join('\n');
  const same = told.get(text);
  if (same !== undefined) return [`${title}\n\nAs ${code(same)}.`];
  told.set(text, path);
  const inner = Object.entries(node.properties).flatMap(([name, child]) =>
    sectionsOf(`${path}.${name}`, child, told),
  );
  return [`${title}\n\n${text}`, ...inner];
}

function table(node: SchemaNode): readonly string[] {
  const required = new Set(node.required ?? []);
  const rows = Object.entries(node.properties ?? {}).map(([name, child]) => {
    const cells = [
      code(name),
      typeText(child),
      defaultText(child, required.has(name)),
      child.description ?? '',
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...rows];
}

function defaultText(node: SchemaNode, required: boolean): string {
  if (required) return '**required**';
  if (node.default === undefined) return '';
  const isSection = node.properties !== undefined && JSON.stringify(node.default) === '{}';
  return isSection ? '' : code(JSON.stringify(node.default));
}

function typeText(node: SchemaNode): string {
  if (node.anyOf !== undefined) return node.anyOf.map(typeText).join(' or ');
  if (node.enum !== undefined) return node.enum.map((value) => code(String(value))).join(', ');
  if (Array.isArray(node.type)) return node.type.map((type: string) => TYPE_NAMES[type] ?? type).join(' or ');
  if (node.type === 'array') return `list of ${node.items === undefined ? 'values' : plural(node.items)}`;
  if (node.type === 'integer') return `whole number${limits(node)}`;
  if (node.type === 'number') return `number${limits(node)}`;
  if (node.type === 'object' && typeof node.additionalProperties === 'object') {
    return `object of ${node.propertyNames?.enum === undefined ? 'name' : 'dialect'} → ${typeText(node.additionalProperties)}`;
  }
  return TYPE_NAMES[String(node.type)] ?? String(node.type);
}

function plural(node: SchemaNode): string {
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(plural))].join(' or ');
  if (node.enum !== undefined) return typeText(node);
  return node.type === 'string' ? 'texts' : `${TYPE_NAMES[String(node.type)] ?? String(node.type)}s`;
}

function limits(node: SchemaNode): string {
  if (node.exclusiveMinimum !== undefined) return `, above ${node.exclusiveMinimum}`;
  if (node.minimum === undefined || node.maximum === undefined) return '';
  return `, ${node.minimum} to ${node.maximum}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'object',
  null: 'null',
};
