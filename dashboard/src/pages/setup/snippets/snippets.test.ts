import { describe, expect, test } from 'vitest';
import { setupCommand, undoCommand } from './commands.ts';
import { curlSnippets } from './curl.ts';
import { KEY_PLACEHOLDER, KEY_VARIABLE, type Snippet, type SnippetFacts, type SnippetId } from './facts.ts';
import { librarySnippets } from './libraries.ts';
import { toolSnippets } from './tools.ts';

const ORIGIN = 'http://192.168.1.20:9208';
const facts: SnippetFacts = { origin: ORIGIN, model: 'some-model', key: undefined };

function all(given: SnippetFacts): readonly Snippet[] {
  return [...librarySnippets(given), ...curlSnippets(given), ...toolSnippets(given)];
}

const textOf = ({ parts }: Snippet): string => parts.map(({ text }) => text).join('\n');

/** Every address of the gateway in a snippet. */
const addressesIn = (snippet: Snippet): readonly string[] =>
  [...textOf(snippet).matchAll(/http:\/\/192\.168\.1\.20:9208[^\s"'`]*/g)].map(([address]) => address);

/** As each one's own documentation wants it. */
const WANTED: Readonly<Record<SnippetId, string>> = {
  'openai-python': `${ORIGIN}/v1`,
  'openai-typescript': `${ORIGIN}/v1`,
  'anthropic-python': ORIGIN,
  'anthropic-typescript': ORIGIN,
  'google-python': ORIGIN,
  'google-typescript': ORIGIN,
  'langchain-python': `${ORIGIN}/v1`,
  'langchain-typescript': `${ORIGIN}/v1`,
  'curl-chat': `${ORIGIN}/v1/chat/completions`,
  'curl-responses': `${ORIGIN}/v1/responses`,
  'curl-messages': `${ORIGIN}/v1/messages`,
  'curl-gemini': `${ORIGIN}/v1beta/models/some-model:generateContent`,
  'claude-code': ORIGIN,
  codex: `${ORIGIN}/v1`,
  opencode: `${ORIGIN}/v1`,
  'gemini-cli': ORIGIN,
  cursor: `${ORIGIN}/v1`,
  cline: `${ORIGIN}/v1`,
  continue: `${ORIGIN}/v1`,
  aider: `${ORIGIN}/v1`,
  zed: `${ORIGIN}/v1`,
};

describe('11.9 Snippets', () => {
  test.each(all(facts).map((snippet) => [snippet.id, snippet] as const))(
    '%s names the address as it wants it, and no other',
    (id, snippet) => {
      const found = addressesIn(snippet);
      expect(found.length).toBeGreaterThan(0);
      expect(new Set(found)).toEqual(new Set([WANTED[id]]));
    },
  );

  test('there is one for everything, once', () => {
    expect(
      all(facts)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(Object.keys(WANTED).sort());
  });

  test('each names the model, and the key or where it comes from', () => {
    for (const snippet of all(facts)) {
      const text = textOf(snippet);
      expect(text, snippet.id).toContain('some-model');
      expect(text.includes(KEY_VARIABLE) || text.includes(KEY_PLACEHOLDER), snippet.id).toBe(true);
    }
    for (const snippet of all({ ...facts, key: 'sk-sluice-made' })) {
      const text = textOf(snippet);
      expect(text, snippet.id).toContain('sk-sluice-made');
      expect(text, snippet.id).not.toContain(KEY_PLACEHOLDER);
    }
  });

  test('a variable stands where the shell looks into it, not in single quotes', () => {
    for (const { id, parts } of [...curlSnippets(facts), ...toolSnippets(facts)])
      for (const { where, text } of parts)
        if (where === 'shell') expect(text, id).not.toMatch(/'[^'\n]*\$SLUICE_API_KEY[^'\n]*'/);
  });

  test('a model of any name stays one word of the shell and one text of a file', () => {
    const model = `it's "$(touch x)" \`y\` \\ /z`;
    const odd = { ...facts, model };
    const quotedModel = JSON.stringify(model);
    for (const snippet of librarySnippets(odd)) expect(textOf(snippet), snippet.id).toContain(quotedModel);
    const aider = toolSnippets(odd).find(({ id }) => id === 'aider');
    expect(textOf(aider as Snippet)).toContain(`--model 'openai/it'\\''s "$(touch x)" \`y\` \\ /z'`);
    const [, , , gemini] = curlSnippets(odd);
    expect(textOf(gemini as Snippet)).toContain(encodeURIComponent(model).replaceAll("'", "'\\''"));
    for (const { id, parts } of toolSnippets(odd))
      for (const { where, text } of parts)
        if (where.endsWith('.json')) expect(() => JSON.parse(text), id).not.toThrow();
  });
});

describe('13.4 13.5 13.6 The command that sets a tool up', () => {
  const key = { ...facts, key: "k'1" };

  test('is there for the tools that it knows, with address, model and key', () => {
    expect(setupCommand('claude-code', facts)).toBe(`sluice setup claude --url ${ORIGIN} --model some-model`);
    expect(setupCommand('codex', { ...key, model: 'a b' })).toBe(
      `SLUICE_API_KEY='k'\\''1' sluice setup codex --url ${ORIGIN} --model 'a b'`,
    );
    const known = all(facts).filter(({ id }) => setupCommand(id, facts) !== undefined);
    expect(known.map(({ id }) => id)).toEqual(['claude-code', 'codex', 'opencode', 'gemini-cli']);
  });

  test('has one that takes it back', () => {
    expect(undoCommand('gemini-cli')).toBe('sluice setup --undo gemini');
  });
});
