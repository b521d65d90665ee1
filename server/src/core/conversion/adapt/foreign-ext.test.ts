import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import { foreignExt } from './foreign-ext.ts';

describe('members of one format', () => {
  test('stay for that format', () => {
    const request = ask({ ext: { prediction: {} }, turns: [{ ...turn('user', 'Hi'), ext: { a: 1 } }] });
    expect(pass(foreignExt, request, targets.chat).request).toBe(request);
  });

  test('a type of tools that says nothing is not missed', () => {
    const tools = [{ kind: 'function', name: 'f', ext: { input_examples: [], type: 'custom' } }] as const;
    const { losses } = pass(foreignExt, ask({ origin: 'anthropic-messages', tools }), targets.gpt5);
    expect(losses.map(({ path }) => path)).toEqual(['tools[0].input_examples']);
  });

  test('go for others, wherever they stood, each with its weight', () => {
    const request = ask({
      origin: 'anthropic-messages',
      ext: { mcp_servers: [], context_management: {}, betas: [], surprise: 1 },
      reasoning: { effort: 'low', ext: { display: 'updates' } },
      turns: [{ ...turn('user', [{ type: 'text', text: 'Hi', ext: { caller: {} } }]), ext: { odd: 1 } }],
      tools: [{ kind: 'function', name: 'f', ext: { input_examples: [] } }],
    });
    const { request: kept, losses } = pass(foreignExt, request, targets.gpt5);
    expect(kept).toEqual(
      ask({
        origin: 'anthropic-messages',
        reasoning: { effort: 'low' },
        tools: [{ kind: 'function', name: 'f' }],
      }),
    );
    expect(Object.fromEntries(losses.map(({ path, severity }) => [path, severity]))).toEqual({
      mcp_servers: 'semantic',
      context_management: 'quality',
      betas: 'hint',
      surprise: 'quality',
      'thinking.display': 'quality',
      'messages[0].content[0].caller': 'hint',
      'messages[0].odd': 'quality',
      'tools[0].input_examples': 'quality',
    });
  });

  test('a name from the prototype is no name in the table', () => {
    const request = ask({ ext: { constructor: 1, toString: 2 } });
    expect(pass(foreignExt, request, targets.budget).losses.map(({ severity }) => severity)).toEqual([
      'quality',
      'quality',
    ]);
  });
});

describe('parts of one vendor', () => {
  const part = (kind: string, raw = {}) =>
    ({ type: 'vendor', dialect: 'anthropic-messages', kind, raw }) as const;
  const sent = (kind: string, raw = {}) => {
    const turns = [turn('assistant', [part(kind, raw), { type: 'text', text: 'So' }])];
    return pass(foreignExt, ask({ origin: 'anthropic-messages', turns }), targets.gpt5);
  };

  test('go, and weigh by what they stand for', () => {
    expect(sent('web_search_tool_result').told).toEqual(['vendor-part dropped hint']);
    expect(sent('image_generation_call').told).toEqual(['vendor-part dropped quality']);
    expect(sent('item_reference').told).toEqual(['vendor-part dropped semantic']);
    expect(sent('web_search_tool_result').request.turns).toEqual([turn('assistant', 'So')]);
  });

  test('a readable summary of the conversation is sent as text', () => {
    const { request, told } = sent('compaction', { content: 'We spoke.' });
    expect(request.turns[0]?.parts[0]).toEqual({ type: 'text', text: 'We spoke.' });
    expect(told).toEqual(['compaction approximated quality']);
    expect(sent('compaction').told).toEqual(['vendor-part dropped semantic']);
  });

  test('stay for their own format', () => {
    const request = ask({
      origin: 'anthropic-messages',
      turns: [turn('assistant', [part('server_tool_use')])],
    });
    expect(pass(foreignExt, request, targets.budget).request).toBe(request);
  });
});
