import { expect, test } from 'vitest';
import { KEY_PLACEHOLDER, shellWord, snippetsOf } from './snippets.ts';

const facts = {
  baseUrl: 'http://127.0.0.1:9208/v1',
  model: `it's "odd" $(touch x) \`y\``,
  prompt: 'Hello!',
  keyRequired: false,
};

/** One word as a POSIX shell reads it: nothing is special within single quotes, a backslash outside keeps one character. */
function readByShell(word: string): string {
  let text = '';
  let quoted = false;
  for (let at = 0; at < word.length; at += 1) {
    const letter = word[at] ?? '';
    if (letter === "'") quoted = !quoted;
    else if (quoted) text += letter;
    else if (letter === '\\') {
      at += 1;
      text += word[at] ?? '';
    } else throw new Error(`${letter} stands outside of quotes`);
  }
  if (quoted) throw new Error('the quote is not closed');
  return text;
}

test('whatever a model is called, a shell hands it to curl as it is', () => {
  for (const word of [facts.model, "'", "a'b'c", '$HOME', 'two words', '\\'])
    expect(readByShell(shellWord(word))).toBe(word);
});

test('every snippet names the address and the model of this gateway', () => {
  for (const { text } of snippetsOf(facts)) {
    expect(text).toContain(facts.baseUrl);
    expect(text).toContain('Hello!');
    expect(text).not.toContain(KEY_PLACEHOLDER);
  }
  const [curl] = snippetsOf({ ...facts, model: 'plain' });
  expect(curl?.text).toContain('"model":"plain"');
});

test('where clients need a key, its place is marked', () => {
  for (const { text } of snippetsOf({ ...facts, keyRequired: true })) expect(text).toContain(KEY_PLACEHOLDER);
});
