import { expect, test } from 'vitest';
import { rememberedWindows } from './context-windows.ts';

test('a context window is that of the price list, each time it is asked for, and 0 where nobody knows', async () => {
  const windowOf = rememberedWindows();
  const [known = 0, unknown] = await Promise.all([windowOf('gpt-5-mini'), windowOf('my-own-model')]);
  expect(known).toBeGreaterThan(100_000);
  expect(unknown).toBe(0);
  expect(await windowOf('gpt-5-mini')).toBe(known);
});
