import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adapted,
  assistant,
  callOf,
  functionTool,
  requestOf,
  resultOf,
  traitsOf,
  user,
} from '../../../../../test/kit/tool-setting.ts';
import type { ToolDefinition } from '../../../model/request.ts';
import { customTools } from './custom.ts';

const PATCH: ToolDefinition = {
  kind: 'custom',
  name: 'apply_patch',
  description: 'Edits files.',
  grammar: { syntax: 'lark', definition: 'start: "x"' },
};
const without = traitsOf('anthropic-messages', { customTools: false });
const lower = (tools: readonly ToolDefinition[], members = {}) =>
  adapted([customTools], requestOf({ tools, ...members }), without);

describe('free-text tools', () => {
  test('they stay where the target knows them, and so does the request', () => {
    const request = requestOf({ tools: [PATCH] });
    const outcome = adapted([customTools], request, traitsOf('openai-responses', { customTools: true }));
    expect(outcome.request).toBe(request);
    expect(outcome.raises).toBe(false);
  });

  test('a request without them stays the same', () => {
    const request = requestOf({ tools: [functionTool('a')], turns: [assistant(callOf('c1', 'a'))] });
    const outcome = adapted([customTools], request, without);
    expect(outcome.request).toBe(request);
    expect(outcome.raises).toBe(false);
  });

  test('they become functions with one string, and their grammar a part of the description', () => {
    const { request, losses } = lower([functionTool('a'), PATCH]);
    const [other, tool] = request.tools;
    expect(other).toEqual(functionTool('a'));
    expect(tool).toMatchObject({
      kind: 'function',
      name: 'apply_patch',
      parameters: {
        type: 'object',
        properties: { input: { type: 'string' } },
        required: ['input'],
        additionalProperties: false,
      },
    });
    expect(tool?.grammar).toBeUndefined();
    expect(tool?.description).toMatch(/^Edits files\.[\s\S]*lark grammar:\nstart: "x"$/);
    expect(losses).toMatchObject([
      { path: 'tools[1]', feature: 'custom-tool', action: 'emulated', severity: 'quality' },
    ]);
  });

  test('calls and results of the history follow, without ids of items of the other kind', () => {
    const turns = [
      assistant(callOf('c1', 'apply_patch', { kind: 'custom', arguments: 'a "b"\n', itemId: 'ctc_1' })),
      user(resultOf('c1', { kind: 'custom', itemId: 'ctco_1' })),
    ];
    const { request } = lower([PATCH], { turns });
    expect(request.turns).toEqual([
      assistant(callOf('c1', 'apply_patch', { arguments: '{"input":"a \\"b\\"\\n"}' })),
      user(resultOf('c1')),
    ]);
    expect(turns[0]?.parts[0]).toMatchObject({ kind: 'custom' });
  });

  test('a choice of one is a choice of a function', () => {
    const { request } = lower([PATCH], { toolChoice: { mode: 'tool', kind: 'custom', name: 'apply_patch' } });
    expect(request.toolChoice).toEqual({ mode: 'tool', kind: 'function', name: 'apply_patch' });
  });

  test('G38 calls come back as calls of a free-text tool, their input streamed as it comes', () => {
    const outcome = lower([functionTool('a'), PATCH]);
    const input = '*** Begin Patch\n+“quoted” 😀\n*** End Patch';
    const parts = [
      callOf('c1', 'apply_patch', { arguments: JSON.stringify({ input }), itemId: 'fc_1' }),
      callOf('c2', 'a', { arguments: '{"input":"stays"}' }),
    ];
    expect(outcome.answer(parts)).toEqual([
      callOf('c1', 'apply_patch', { kind: 'custom', arguments: input }),
      parts[1],
    ]);
    const deltas = outcome.events(parts).filter((event) => event.type === 'delta' && event.block === 0);
    expect(deltas.length).toBeGreaterThan(10);
  });

  test('G38 a call without arguments has an empty input', () => {
    expect(lower([PATCH]).answer([callOf('c1', 'apply_patch', { arguments: '{}' })])).toEqual([
      callOf('c1', 'apply_patch', { kind: 'custom', arguments: '' }),
    ]);
  });

  test('arguments of another shape are the input themselves', () => {
    const parts = [callOf('c1', 'apply_patch', { arguments: '{"patch":"x"}' })];
    expect(lower([PATCH]).answer(parts, 2)).toEqual([
      callOf('c1', 'apply_patch', { kind: 'custom', arguments: '{"patch":"x"}' }),
    ]);
  });

  test('a tool of the same name in another namespace is another tool', () => {
    const outcome = lower([{ ...PATCH, namespace: { name: 'files' } }, functionTool('apply_patch')]);
    const parts = [
      callOf('c1', 'apply_patch', { namespace: 'files', arguments: '{"input":"x"}' }),
      callOf('c2', 'apply_patch', { arguments: '{"input":"x"}' }),
    ];
    expect(outcome.answer(parts)).toMatchObject([
      { kind: 'custom', arguments: 'x' },
      { kind: 'function', arguments: '{"input":"x"}' },
    ]);
  });

  test('what the client called comes back as it was, whatever the input and the pieces', () => {
    const anyInput = fc.string({ unit: 'grapheme', maxLength: 50 });
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 1, max: 9 }), (input, pieceLength) => {
        const call = callOf('c1', 'apply_patch', { kind: 'custom', arguments: input });
        const outcome = lower([PATCH], { turns: [assistant(call)] });
        expect(outcome.answer(outcome.request.turns[0]?.parts ?? [], pieceLength)).toEqual([call]);
      }),
    );
  });
});
