// Made-up parts of answers and requests, for properties of the Messages API's codec.

import fc from 'fast-check';
import type { Part } from '../../src/core/model/content.ts';

/** A short name. */
export const word: fc.Arbitrary<string> = fc.stringMatching(/^[a-z_]{1,8}$/);
/** Any text. */
export const text: fc.Arbitrary<string> = fc.string({ unit: 'binary', maxLength: 12 });
/** The input of a tool. */
export const object: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  word,
  fc.oneof(fc.integer(), text, fc.boolean()),
  { maxKeys: 3 },
);

const token = fc.constantFrom(
  { vendor: 'anthropic', kind: 'signature' as const, value: 'sig' },
  { vendor: 'openai', kind: 'encrypted' as const, value: 'enc', itemId: 'rs_1' },
  { vendor: 'gemini', kind: 'thought' as const, value: 'tho' },
);
/** A part of any vendor's. */
export const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record(
    {
      type: fc.constant('reasoning' as const),
      form: fc.constant('summary' as const),
      sections: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 2 }),
      token,
    },
    { requiredKeys: ['type', 'form', 'sections'] },
  ),
  fc.record(
    {
      type: fc.constant('tool-call' as const),
      id: fc.oneof(word, fc.constant('')),
      kind: fc.constantFrom('function' as const, 'custom' as const),
      name: word,
      arguments: fc.oneof(
        object.map((value) => JSON.stringify(value)),
        text,
      ),
      token,
    },
    { requiredKeys: ['type', 'id', 'kind', 'name', 'arguments'] },
  ),
  fc.constant<Part>({ type: 'vendor', dialect: 'gemini', kind: 'x', raw: { a: 1 } }),
  fc.constant<Part>({
    type: 'vendor',
    dialect: 'anthropic-messages',
    kind: 'server_tool_use',
    raw: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
  }),
);
