import { expect, test } from 'vitest';
import { contextWindows } from './windows.ts';

test('13.5 the window of a model is that of its maker, under whichever name it is asked for', () => {
  const windowOf = contextWindows();
  expect(windowOf('gpt-5.5')).toBeGreaterThan(300_000);
  expect(windowOf('openai/gpt-5.5')).toBe(windowOf('gpt-5.5'));
  expect(windowOf('deepseek-v3.1-terminus')).toBe(128_000);
  expect(windowOf('claude-sonnet-4-5-20250929')).toBeGreaterThanOrEqual(200_000);
  expect(windowOf('my-own-model')).toBe(0);
});
