import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adapted,
  assistant,
  callOf,
  functionTool,
  hostedTool,
  requestOf,
  resultOf,
  traitsOf,
  user,
} from '../../../../../test/kit/tool-setting.ts';
import { toolNames } from './names.ts';

const traits = traitsOf('openai-chat', { toolName: { maxLength: 64, punctuation: '_-' } });
const LEGAL = /^[A-Za-z0-9_-]{1,64}$/;
const nameOf = (name: string, target = traits) =>
  adapted([toolNames], requestOf({ tools: [functionTool(name)] }), target).request.tools[0]?.name;

describe('names of tools', () => {
  test('legal ones stay, and so does the request', () => {
    const request = requestOf({
      tools: [functionTool('look-up_2'), hostedTool('openai-chat', 'other', { type: 'odd one' })],
      turns: [assistant(callOf('c1', 'look-up_2'))],
    });
    const outcome = adapted([toolNames], request, traits);
    expect(outcome.request).toBe(request);
    expect(outcome.raises).toBe(false);
  });

  test('G56 others are cleaned, cut and made distinct by a digest, the same one every time', () => {
    expect(nameOf('files.read all')).toMatch(/^files_read_all_[0-9a-f]{8}$/);
    expect(nameOf('files.read all')).toBe(nameOf('files.read all'));
    const long = nameOf('x'.repeat(100));
    expect(long).toMatch(/^x{55}_[0-9a-f]{8}$/);
    expect(nameOf('')).toMatch(LEGAL);
    expect(nameOf('a.b', traitsOf('gemini', { toolName: { maxLength: 64, punctuation: '_-.:' } }))).toBe(
      'a.b',
    );
  });

  test('gemini wants a letter or an underscore first', () => {
    expect(nameOf('1st', traitsOf('gemini'))).toMatch(/^t_1st_[0-9a-f]{8}$/);
    expect(nameOf('1st')).toBe('1st');
  });

  test('the loss names the tool and what the model knows it as', () => {
    const { losses } = adapted(
      [toolNames],
      requestOf({ tools: [functionTool('a'), functionTool('b c')] }),
      traits,
    );
    expect(losses).toMatchObject([{ path: 'tools[1].name', feature: 'tool-name', severity: 'hint' }]);
  });

  test('a function gives way to a hosted tool of its name where those have names', () => {
    const search = hostedTool('anthropic-messages', 'web-search', {
      type: 'web_search_20250305',
      name: 'web_search',
    });
    const request = requestOf({ tools: [search, functionTool('web_search')] });
    const outcome = adapted([toolNames], request, traitsOf('anthropic-messages'));
    expect(outcome.request.tools[0]).toBe(search);
    expect(outcome.request.tools[1]?.name).toMatch(/^web_search_[0-9a-f]{8}$/);
    const chosen = requestOf({
      tools: [search],
      toolChoice: { mode: 'tool', kind: 'function', name: 'web_search' },
    });
    expect(adapted([toolNames], chosen, traitsOf('anthropic-messages')).request).toBe(chosen);
  });

  test('any set of names becomes legal and stays distinct; history and choice follow; answers are restored', () => {
    const anyName = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.constantFrom('a.b', 'a b', 'a_b', 'a__b', 'a.b'.repeat(30), 'a b'.repeat(30)),
    );
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { minLength: 1, maxLength: 8 }), (names) => {
        const calls = names.map((name, at) => callOf(`c${at}`, name));
        const results = names.map((name, at) => resultOf(`c${at}`, { name }));
        const chosen = names[0] ?? '';
        const request = requestOf({
          tools: names.map((name) => functionTool(name)),
          turns: [assistant(...calls), user(...results)],
          toolChoice: { mode: 'tool', kind: 'function', name: chosen },
        });
        const outcome = adapted([toolNames], request, traits);
        const renamed = outcome.request.tools.map(({ name }) => name);
        for (const name of renamed) expect(name).toMatch(LEGAL);
        expect(new Set(renamed).size).toBe(names.length);
        const [asked, answered] = outcome.request.turns;
        expect(asked?.parts).toMatchObject(renamed.map((name) => ({ name })));
        expect(answered?.parts).toMatchObject(renamed.map((name) => ({ name })));
        expect(outcome.request.toolChoice).toMatchObject({ name: renamed[0] });
        expect(outcome.answer(asked?.parts ?? [])).toEqual(calls);
      }),
    );
  });
});
