import { describe, expect, test } from 'vitest';
import {
  adapted,
  assistant,
  callOf,
  functionTool,
  requestOf,
  traitsOf,
} from '../../../../../test/kit/tool-setting.ts';
import type { ChatRequest, ToolDefinition } from '../../../model/request.ts';
import { namespaceTools } from './namespaces.ts';

const inside = (namespace: string, name: string, description?: string): ToolDefinition =>
  functionTool(name, {
    namespace: { name: namespace, ...(description === undefined ? {} : { description }) },
    description: `Does ${name}.`,
  });
const without = traitsOf('gemini', { namespaceTools: false });
const lower = (tools: readonly ToolDefinition[], members: Partial<ChatRequest> = {}) =>
  adapted([namespaceTools], requestOf({ tools, ...members }), without);
const namesOf = ({ tools }: ChatRequest) => tools.map(({ name }) => name);

describe('tools in namespaces', () => {
  test('they stay where the target knows namespaces', () => {
    const request = requestOf({ tools: [inside('agents', 'wait')] });
    expect(
      adapted([namespaceTools], request, traitsOf('openai-responses', { namespaceTools: true })).request,
    ).toBe(request);
  });

  test('a request without them stays the same', () => {
    const request = requestOf({ tools: [functionTool('wait')] });
    const outcome = adapted([namespaceTools], request, without);
    expect(outcome.request).toBe(request);
    expect(outcome.raises).toBe(false);
  });

  test('their names begin with the namespace, their descriptions with its description', () => {
    const { request, losses } = lower([
      inside('agents', 'wait', 'For helpers.'),
      inside('agents', 'spawn', 'For helpers.'),
      inside('mcp__files__', 'read'),
    ]);
    expect(namesOf(request)).toEqual(['agents__wait', 'agents__spawn', 'mcp__files__read']);
    expect(request.tools.map(({ description }) => description)).toEqual([
      'For helpers.\n\nDoes wait.',
      'For helpers.\n\nDoes spawn.',
      'Does read.',
    ]);
    expect(request.tools.every(({ namespace }) => namespace === undefined)).toBe(true);
    expect(losses.map(({ path, feature, severity }) => [path, feature, severity])).toEqual([
      ['tools[0]', 'namespace-tool', 'hint'],
      ['tools[2]', 'namespace-tool', 'hint'],
    ]);
  });

  test('G39 flat names do not collide with each other or with other tools', () => {
    const outcome = lower([functionTool('a__b'), inside('a', 'b'), inside('a__b', 'c'), inside('a', 'b__c')]);
    const names = namesOf(outcome.request);
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toBe('a__b');
    expect(names[1]).toMatch(/^a__b_[0-9a-f]{8}$/);
    const calls = names.map((name, at) => callOf(`c${at}`, name));
    expect(outcome.answer(calls)).toEqual([
      callOf('c0', 'a__b'),
      callOf('c1', 'b', { namespace: 'a' }),
      callOf('c2', 'c', { namespace: 'a__b' }),
      callOf('c3', 'b__c', { namespace: 'a' }),
    ]);
  });

  test('G39 calls of the history and of the answer keep their namespace at the client', () => {
    const call = callOf('c1', 'wait', { namespace: 'agents' });
    const gone = callOf('c2', 'old', { namespace: 'agents' });
    const outcome = lower([inside('agents', 'wait')], { turns: [assistant(call, gone)] });
    expect(outcome.request.turns).toEqual([
      assistant(callOf('c1', 'agents__wait'), callOf('c2', 'agents__old')),
    ]);
    expect(outcome.answer(outcome.request.turns[0]?.parts ?? [])).toEqual([call, gone]);
  });

  test('G39 a call without its namespace gets it back where only one tool has the name', () => {
    const outcome = lower([inside('functions', 'exec'), inside('a', 'twice'), inside('b', 'twice')]);
    expect(outcome.answer([callOf('c1', 'exec'), callOf('c2', 'twice')])).toEqual([
      callOf('c1', 'exec', { namespace: 'functions' }),
      callOf('c2', 'twice'),
    ]);
  });

  test('a tool outside of namespaces keeps a name that one inside has too', () => {
    const outcome = lower([inside('functions', 'exec'), functionTool('exec')]);
    expect(namesOf(outcome.request)).toEqual(['functions__exec', 'exec']);
    expect(outcome.answer([callOf('c1', 'exec')])).toEqual([callOf('c1', 'exec')]);
  });

  test('the choice follows, with the namespace or without', () => {
    const tools = [inside('functions', 'exec')];
    const choose = (toolChoice: ChatRequest['toolChoice'] & object) =>
      lower(tools, { toolChoice }).request.toolChoice;
    expect(choose({ mode: 'tool', kind: 'function', name: 'exec', namespace: 'functions' })).toEqual({
      mode: 'tool',
      kind: 'function',
      name: 'functions__exec',
    });
    expect(choose({ mode: 'tool', kind: 'function', name: 'exec' })).toMatchObject({
      name: 'functions__exec',
    });
    expect(choose({ mode: 'subset', names: ['exec'], required: true })).toMatchObject({
      names: ['functions__exec'],
    });
  });
});
