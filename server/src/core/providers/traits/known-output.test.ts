import { expect, test } from 'vitest';
import type { DialectId } from '../../model/dialect-id.ts';
import { traitsFor } from './index.ts';
import { knownOutput } from './known-output.ts';

const of = (provider: string, dialect: DialectId, model: string): number | undefined =>
  knownOutput(traitsFor(provider, dialect, model), model);

test('the longest answer of a known family is known, also where it is what its format assumes', () => {
  expect(of('openai', 'openai-chat', 'gpt-4.1')).toBe(32_768);
  expect(of('anthropic', 'anthropic-messages', 'claude-sonnet-4-5')).toBe(64_000);
  expect(of('gemini', 'gemini', 'gemini-2.5-pro')).toBe(65_536);
});

test('what is assumed of a model that nobody knows is not given out as known', () => {
  expect(of('openai-compatible', 'openai-chat', 'my-own-model')).toBeUndefined();
  expect(of('anthropic', 'anthropic-messages', 'my-own-model')).toBeUndefined();
});

test('the word of the operator is known', () => {
  const own = [{ models: ['mine'], traits: { maxOutputTokens: 4_096 } }];
  expect(knownOutput(traitsFor('openai-compatible', 'openai-chat', 'mine', own), 'mine')).toBe(4_096);
});
