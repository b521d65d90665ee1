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
import type { ToolCallPart } from '../../../model/content.ts';
import type { ToolDefinition } from '../../../model/request.ts';
import { toolPasses } from './index.ts';

const poor = traitsOf('openai-chat', {
  customTools: false,
  namespaceTools: false,
  deferredTools: false,
  strictTools: false,
  toolName: { maxLength: 64, punctuation: '_-' },
  toolCallIds: 'any',
});

const anyTool: fc.Arbitrary<ToolDefinition> = fc
  .record({
    kind: fc.constantFrom('function' as const, 'custom' as const),
    name: fc.oneof(fc.constantFrom('exec', 'read', 'a__b', 'files.read'), fc.string({ maxLength: 70 })),
    namespace: fc.option(fc.constantFrom('functions', 'a', 'mcp__files__', 'odd one'), { nil: undefined }),
  })
  .map(({ kind, name, namespace }) => ({
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace: { name: namespace } }),
    ...(kind === 'function' ? { parameters: { type: 'object' } } : {}),
  }));

const anyTools = fc.uniqueArray(anyTool, {
  minLength: 1,
  maxLength: 6,
  selector: ({ name, namespace }) => JSON.stringify([name, namespace?.name]),
});

function callsOf(tools: readonly ToolDefinition[], input: string): ToolCallPart[] {
  return tools.map(({ kind, name, namespace }, at) =>
    callOf(`call_${at}`, name, {
      kind: kind === 'custom' ? 'custom' : 'function',
      arguments: kind === 'custom' ? input : JSON.stringify({ input }),
      ...(namespace === undefined ? {} : { namespace: namespace.name }),
    }),
  );
}

describe('all passes that concern tools', () => {
  test('leave a request alone whose features the target has', () => {
    const request = requestOf({
      tools: [functionTool('a'), functionTool('b')],
      toolChoice: { mode: 'auto' },
      parallelToolCalls: false,
      turns: [assistant(callOf('call_1', 'a')), user(resultOf('call_1'))],
    });
    const outcome = adapted(toolPasses, request, traitsOf('openai-chat', { parallelToolControl: true }));
    expect(outcome.request).toBe(request);
    expect(outcome.losses).toEqual([]);
  });

  test('whatever the tools, the target sees plain functions of legal names, and the client its own calls', () => {
    const anyInput = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(anyTools, anyInput, fc.integer({ min: 1, max: 7 }), (tools, input, pieceLength) => {
        const calls = callsOf(tools, input);
        const turns = [assistant(...calls), user(...calls.map(({ id, kind }) => resultOf(id, { kind })))];
        const outcome = adapted(toolPasses, requestOf({ tools, turns }), poor);
        const names = outcome.request.tools.map(({ name }) => name);
        expect(new Set(names).size).toBe(tools.length);
        for (const tool of outcome.request.tools) {
          expect(tool.name).toMatch(/^[\w-]{1,64}$/);
          expect(tool).toMatchObject({ kind: 'function' });
          expect(tool.namespace).toBeUndefined();
        }
        const [asked, answered] = outcome.request.turns;
        expect(asked?.parts).toMatchObject(names.map((name) => ({ kind: 'function', name })));
        expect(answered?.parts.every((part) => part.type === 'tool-result' && part.kind === 'function')).toBe(
          true,
        );
        expect(outcome.answer(asked?.parts ?? [], pieceLength)).toEqual(calls);
      }),
    );
  });

  test('requests are not altered in place', () => {
    const frozen = <Value>(value: Value): Value => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
      return value;
    };
    fc.assert(
      fc.property(anyTools, (tools) => {
        const request = requestOf({ tools, turns: [assistant(...callsOf(tools, 'x'))] });
        const before = JSON.stringify(request);
        adapted(toolPasses, frozen(request), poor);
        expect(JSON.stringify(request)).toBe(before);
      }),
    );
  });
});
