// The tokenizer itself: OpenAI's o200k_base, the best guess for models whose own tokenizer is not public.

/** Longest text that is counted as it is; of a longer one this much is counted, and the rest in proportion. */
const SAMPLE_CHARACTERS = 400_000;

/** Tokens of the texts, one by one. The vocabulary is loaded at the first call: about 2 MB. */
export async function countTokens(texts: readonly string[]): Promise<number> {
  const { countTokens: count } = await import('gpt-tokenizer/encoding/o200k_base');
  // Words that look like control tokens are just words here.
  const options = { disallowedSpecial: new Set<string>() };
  let tokens = 0;
  for (const text of texts) {
    if (text.length <= SAMPLE_CHARACTERS) tokens += count(text, options);
    else {
      const share = count(text.slice(0, SAMPLE_CHARACTERS), options) / SAMPLE_CHARACTERS;
      tokens += Math.ceil(share * text.length);
    }
  }
  return tokens;
}
