import { describe, expect, test } from 'vitest';
import {
  adapted,
  functionTool,
  hostedTool,
  requestOf,
  traitsOf,
} from '../../../../../test/kit/tool-setting.ts';
import type { ChatRequest, ReasoningWish, ToolChoice } from '../../../model/request.ts';
import type { ModelTraits } from '../../../model/traits.ts';
import { toolChoice } from './choice.ts';

const tools = [functionTool('a'), functionTool('b'), functionTool('c')];
const forcing: Partial<ModelTraits> = {
  forcedToolChoice: true,
  forcedToolChoiceWhileReasoning: true,
  allowedTools: true,
  parallelToolControl: true,
};
const choose = (members: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}) =>
  adapted([toolChoice], requestOf({ tools, ...members }), traitsOf('openai-chat', { ...forcing, ...traits }));
const namesOf = ({ tools: kept }: ChatRequest) => kept.map(({ name }) => name);
const only = (name: string): ToolChoice => ({ mode: 'tool', kind: 'function', name });

describe('the choice of tools', () => {
  test('what the target knows stays, and so does the request', () => {
    for (const choice of [
      only('a'),
      { mode: 'required' },
      { mode: 'subset', names: ['a'], required: true },
    ] as const) {
      const request = requestOf({ tools, toolChoice: choice, parallelToolCalls: false });
      const outcome = adapted([toolChoice], request, traitsOf('openai-chat', forcing));
      expect(outcome.request).toBe(request);
      expect(outcome.losses).toEqual([]);
    }
  });

  test('G54 without tools there is no choice and nothing to say of parallel calls', () => {
    const { request, losses } = choose({
      tools: [],
      toolChoice: { mode: 'required' },
      parallelToolCalls: false,
    });
    expect(request.toolChoice).toBeUndefined();
    expect(request.parallelToolCalls).toBeUndefined();
    expect(losses).toMatchObject([{ path: 'tool_choice', action: 'dropped', severity: 'quality' }]);
    expect(choose({ tools: [], toolChoice: { mode: 'auto' } }).losses).toEqual([]);
  });

  test.each([
    ['openai-chat', 'web_search_options', true],
    ['gemini', 'googleSearch', true],
    ['openai-responses', 'web_search', false],
  ] as const)(
    'G54 a search in %s counts as a tool only where it stands among them',
    (dialect, type, isGone) => {
      const search = hostedTool(dialect, 'web-search', {}, type);
      const request = requestOf({ tools: [search], toolChoice: { mode: 'auto' } });
      const outcome = adapted([toolChoice], request, traitsOf(dialect, forcing));
      expect(outcome.request.toolChoice === undefined).toBe(isGone);
      expect(outcome.request.tools).toEqual([search]);
    },
  );

  test('a subset becomes the list of tools where the target cannot be told', () => {
    const { request, losses } = choose(
      { toolChoice: { mode: 'subset', names: ['c', 'a'], required: true } },
      { allowedTools: false },
    );
    expect(namesOf(request)).toEqual(['a', 'c']);
    expect(request.toolChoice).toEqual({ mode: 'required' });
    expect(losses).toMatchObject([{ path: 'tool_choice', action: 'approximated', severity: 'hint' }]);
    const free = choose(
      { toolChoice: { mode: 'subset', names: ['b'], required: false } },
      { allowedTools: false },
    );
    expect(free.request.toolChoice).toEqual({ mode: 'auto' });
  });

  test('a subset of nothing that is on offer leaves neither tools nor choice', () => {
    const { request } = choose(
      { toolChoice: { mode: 'subset', names: ['x'], required: true } },
      { allowedTools: false },
    );
    expect(request.tools).toEqual([]);
    expect(request.toolChoice).toBeUndefined();
  });

  test('a call that cannot be forced is the only one possible', () => {
    const { request, losses } = choose({ toolChoice: only('b') }, { forcedToolChoice: false });
    expect(namesOf(request)).toEqual(['b']);
    expect(request.toolChoice).toEqual({ mode: 'auto' });
    expect(losses).toMatchObject([{ path: 'tool_choice', action: 'approximated', severity: 'quality' }]);
    const some = choose({ toolChoice: { mode: 'required' } }, { forcedToolChoice: false });
    expect(namesOf(some.request)).toEqual(['a', 'b', 'c']);
    expect(some.request.toolChoice).toEqual({ mode: 'auto' });
  });
});

describe('G58 a forced call beside reasoning', () => {
  const reasoner = traitsOf('openai-chat').reasoning;
  const beside = (reasoning: ReasoningWish | undefined, canBeOff = true, by: 'effort' | 'none' = 'effort') =>
    choose(
      { toolChoice: only('a'), ...(reasoning === undefined ? {} : { reasoning }) },
      { forcedToolChoiceWhileReasoning: false, reasoning: { ...reasoner, by, canBeOff } },
    );

  test.each<ReasoningWish>([{ mode: 'on', budgetTokens: 2000 }, { mode: 'auto' }, { effort: 'high' }])(
    'reasoning that the client asked for stays, and the force goes: %j',
    (reasoning) => {
      const { request, losses } = beside(reasoning);
      expect(request.reasoning).toEqual(reasoning);
      expect(request.toolChoice).toEqual({ mode: 'auto' });
      expect(namesOf(request)).toEqual(['a']);
      expect(losses).toMatchObject([{ feature: 'tool-choice', severity: 'quality' }]);
    },
  );

  test.each([undefined, { show: 'summary' } as const])(
    'reasoning that nobody asked for goes: %j',
    (reasoning) => {
      const { request, losses } = beside(reasoning);
      expect(request.reasoning).toEqual({ mode: 'off' });
      expect(request.toolChoice).toEqual(only('a'));
      expect(losses).toMatchObject([{ feature: 'reasoning', severity: 'hint' }]);
    },
  );

  test('in anthropic-messages an effort alone does not ask for reasoning', () => {
    const request = requestOf({
      origin: 'anthropic-messages',
      tools,
      toolChoice: only('a'),
      reasoning: { effort: 'medium' },
    });
    const traits = traitsOf('openai-chat', {
      ...forcing,
      forcedToolChoiceWhileReasoning: false,
      reasoning: { ...reasoner, by: 'effort', canBeOff: true },
    });
    expect(adapted([toolChoice], request, traits).request).toMatchObject({
      reasoning: { mode: 'off' },
      toolChoice: only('a'),
    });
  });

  test('where reasoning cannot be switched off, the force goes', () => {
    expect(beside(undefined, false).request.toolChoice).toEqual({ mode: 'auto' });
  });

  test('where there is no reasoning or it is off already, nothing changes', () => {
    expect(beside({ mode: 'off' }).losses).toEqual([]);
    expect(beside(undefined, true, 'none').losses).toEqual([]);
    expect(beside({ mode: 'off' }).request.toolChoice).toEqual(only('a'));
  });
});

describe('how many calls', () => {
  test('one at a time is missed where the target cannot be told, and no call of an answer is dropped', () => {
    const { request, losses, raises } = choose({ parallelToolCalls: false }, { parallelToolControl: false });
    expect(request).not.toHaveProperty('parallelToolCalls');
    expect(losses).toMatchObject([
      { path: 'parallel_tool_calls', feature: 'parallel-tool-calls', action: 'dropped', severity: 'quality' },
    ]);
    expect(raises).toBe(false);
  });

  test('several at once are what every format does', () => {
    const { request, losses } = choose({ parallelToolCalls: true }, { parallelToolControl: false });
    expect(request).not.toHaveProperty('parallelToolCalls');
    expect(losses).toEqual([]);
  });

  test('a limit of calls is known to openai-responses alone', () => {
    const { request, losses } = choose({ maxToolCalls: 3 });
    expect(request).not.toHaveProperty('maxToolCalls');
    expect(losses).toMatchObject([{ path: 'max_tool_calls', severity: 'hint' }]);
    const kept = requestOf({ tools, maxToolCalls: 3 });
    expect(adapted([toolChoice], kept, traitsOf('openai-responses', forcing)).request).toBe(kept);
  });
});
