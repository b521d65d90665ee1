import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Tokenizer } from '../exchange/ports.ts';
import { createTokenizer } from './tokenizer.ts';

const BUILT = new URL('../../dist/tokens/tokenizer.js', import.meta.url);
const builtFile = fileURLToPath(BUILT);

async function built(): Promise<Tokenizer> {
  const module: { createTokenizer: typeof createTokenizer } = await import(/* @vite-ignore */ builtFile);
  const tokenizer = module.createTokenizer();
  onTestFinished(() => tokenizer.close());
  return tokenizer;
}

describe('the tokenizer', () => {
  test('counts where the sources run directly', async () => {
    const tokenizer = createTokenizer();
    expect(await tokenizer.count(['Hello world', 'Hello, world!'])).toBe(6);
    tokenizer.close();
  });
});

/** `npm run build` makes it; the tests of the package always have it. */
describe.skipIf(!existsSync(builtFile))(`the tokenizer of ${builtFile}, which a build makes,`, () => {
  test('counts in a thread of its own, which keeps several questions apart', async () => {
    const tokenizer = await built();
    const counts = [['Hello world'], ['Hello, world!'], []].map((texts) => tokenizer.count(texts));
    expect(await Promise.all(counts)).toEqual([2, 4, 0]);
  });

  test('leaves nobody waiting when it is closed, and counts again afterwards', async () => {
    const tokenizer = await built();
    const counting = tokenizer.count(['Hello world'.repeat(30_000)]);
    tokenizer.close();
    expect(await counting).toBeUndefined();
    expect(await tokenizer.count(['Hello world'])).toBe(2);
  });
});
