import { expect, test } from 'vitest';
import { toldContext, toldOutput } from './told-limits.ts';

test('the limits that a vendor tells of a model are read in the words of each', () => {
  const openrouter = { context_length: 262_144, top_provider: { max_completion_tokens: 65_536 } };
  expect([toldContext(openrouter), toldOutput(openrouter)]).toEqual([262_144, 65_536]);
  const google = { inputTokenLimit: 1_048_576, outputTokenLimit: 8_192 };
  expect([toldContext(google), toldOutput(google)]).toEqual([1_048_576, 8_192]);
  const groq = { context_window: 131_072, max_completion_tokens: 32_768 };
  expect([toldContext(groq), toldOutput(groq)]).toEqual([131_072, 32_768]);
});

test('what is no count of tokens is not taken for one', () => {
  expect(toldContext({ context_length: null, max_model_len: '8192' })).toBe(0);
  expect(toldOutput({ max_tokens: -1, top_provider: [] })).toBe(0);
  expect(toldContext({})).toBe(0);
});
