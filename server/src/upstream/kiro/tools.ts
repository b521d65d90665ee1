// Tools in the words of Kiro. A description that is longer than it takes stands with the instructions, so that nothing of
// it is lost; a tool that the history has used and the request does not define any more is named, for Kiro wants to know it.

import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../core/model/json.ts';

/** The longest description that is taken, in characters. */
const DESCRIPTION_LIMIT = 9_216;

/** Tools, and what has to be said of them elsewhere. */
export interface WrittenTools {
  readonly list: readonly JsonObject[];
  readonly instructions: string;
}

/** The tools of a Messages request. `used`: names of those that the history has called. */
export function kiroTools(body: JsonObject, used: readonly string[]): WrittenTools {
  const list: JsonObject[] = [];
  const moved: string[] = [];
  const names = new Set<string>();
  const forbidden = objectOf(body['tool_choice'])?.['type'] === 'none';
  for (const tool of forbidden ? [] : listOf(body['tools'])) {
    const name = isObject(tool) ? textOf(tool['name']) : undefined;
    if (!isObject(tool) || name === undefined) continue;
    names.add(name);
    const described = textOf(tool['description']) ?? name;
    const long = described.length > DESCRIPTION_LIMIT;
    if (long) moved.push(`# The tool ${name}\n\n${described}`);
    const description = long ? `Described in the instructions as "The tool ${name}".` : described;
    list.push(specification(name, description, objectOf(tool['input_schema'])));
  }
  for (const name of new Set(used))
    if (!names.has(name)) list.push(specification(name, 'Used earlier; not to be called now.', undefined));
  return { list, instructions: moved.join('\n\n') };
}

function specification(name: string, description: string, schema: JsonObject | undefined): JsonObject {
  return { toolSpecification: { name, description, inputSchema: { json: plainSchema(schema) } } };
}

/** An empty list of required members says nothing, and is refused. */
function plainSchema(schema: JsonObject | undefined): JsonObject {
  if (schema === undefined) return { type: 'object', properties: {} };
  const { required, ...rest } = schema;
  return Array.isArray(required) && required.length === 0 ? rest : schema;
}
