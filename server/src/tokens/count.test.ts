import { describe, expect, test } from 'vitest';
import { countTokens } from './count.ts';

describe('counting tokens', () => {
  // As https://platform.openai.com/tokenizer counts them.
  test.each([
    ['', 0],
    ['Hello world', 2],
    ['Hello, world!', 4],
    ['tiktoken is great!', 6],
    ['  \n', 1],
  ])('of %j gives %s', async (text, tokens) => {
    expect(await countTokens([text])).toBe(tokens);
  });

  test('counts several texts each for itself', async () => {
    expect(await countTokens([])).toBe(0);
    expect(await countTokens(['Hello world', '', 'Hello, world!'])).toBe(6);
  });

  test.each(['<|endoftext|>', '<|endofprompt|>', 'a <|im_start|> b'])(
    'takes the control word in %j for the letters that it is written with',
    async (text) => {
      expect(await countTokens([text])).toBeGreaterThan(3);
    },
  );

  test('takes anything that a string can be', async () => {
    for (const text of ['🦊'.repeat(10), '\ud800', '\u0000', '漢字かな交じり文'])
      expect(await countTokens([text])).toBeGreaterThan(0);
  });

  test('looks at the beginning of a very long text, and takes the rest to be like it', async () => {
    const short = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
    const perText = await countTokens([short]);
    const long = await countTokens([short.repeat(1_000)]);
    expect(long / (perText * 1_000)).toBeCloseTo(1, 2);
    const sampled = `${'word '.repeat(80_000)}${'x9!'.repeat(200_000)}`;
    expect(await countTokens([sampled])).toBeCloseTo(sampled.length / 5, -3);
  });
});
