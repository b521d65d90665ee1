// What both formats of OpenAI say in the same words: the form of the answer, and hints for the cache of prompts.

import type { JsonObject } from '../../model/json.ts';
import type { OutputForm, PromptCache } from '../../model/request.ts';
import { booleanIn, objectIn, type Reading, stringIn } from './read-wire.ts';

/** The form that a schema asks for. `from` holds the schema, its name and how strict it is; no schema means any object. */
export function schemaForm(reading: Reading, from: JsonObject): OutputForm {
  const name = stringIn(reading, from, 'name');
  const description = stringIn(reading, from, 'description');
  const strict = booleanIn(reading, from, 'strict');
  return {
    type: 'schema',
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    schema: objectIn(reading, from, 'schema') ?? {},
    ...(strict === undefined ? {} : { strict }),
  };
}

/** The hints of a request; undefined where it has none. */
export function promptCacheOf(reading: Reading, wire: JsonObject): PromptCache | undefined {
  const key = stringIn(reading, wire, 'prompt_cache_key');
  const retention = stringIn(reading, wire, 'prompt_cache_retention');
  const options = objectIn(reading, wire, 'prompt_cache_options');
  if (key === undefined && retention === undefined && options === undefined) return undefined;
  return {
    ...(key === undefined ? {} : { key }),
    ...(retention === undefined ? {} : { retention }),
    ...(options === undefined ? {} : { options }),
  };
}
