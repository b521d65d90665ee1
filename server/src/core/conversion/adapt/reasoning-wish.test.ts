import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import type { ToolCallPart } from '../../model/content.ts';
import { type ChatRequest, EFFORTS, type ReasoningWish } from '../../model/request.ts';
import { budgetOf, effortOf, nearestEffort, reasoningWish } from './reasoning-wish.ts';

function fitted(reasoning: ReasoningWish, target: keyof typeof targets, more: Partial<ChatRequest> = {}) {
  const { request, told } = pass(reasoningWish, ask({ reasoning, ...more }), targets[target]);
  return { wish: request.reasoning, told };
}

describe('the scale', () => {
  test('leads from a word to a budget and back, and grows', () => {
    expect(EFFORTS.map((effort) => effortOf(budgetOf(effort)))).toEqual([...EFFORTS]);
    const budgets = EFFORTS.map(budgetOf);
    expect(budgets).toEqual([...budgets].sort((a, b) => a - b));
  });

  test('G73 takes the nearest word, the stronger of two', () => {
    expect(nearestEffort('minimal', ['low', 'high'])).toBe('low');
    expect(nearestEffort('max', ['low', 'medium'])).toBe('medium');
    expect(nearestEffort('medium', ['low', 'high'])).toBe('high');
    expect(nearestEffort('medium', [])).toBeUndefined();
  });
});

describe('effort', () => {
  test('a word that the target has leaves the request the same object', () => {
    const request = ask({ reasoning: { effort: 'high', show: 'summary' } });
    expect(pass(reasoningWish, request, targets.gpt5).request).toBe(request);
    expect(pass(reasoningWish, ask(), targets.chat).told).toEqual([]);
  });

  test('G73 the nearest word is told', () => {
    const { request, losses } = pass(reasoningWish, ask({ reasoning: { effort: 'xhigh' } }), targets.gpt5);
    expect(request.reasoning).toEqual({ effort: 'high' });
    expect(losses[0]).toMatchObject({
      action: 'approximated',
      severity: 'quality',
      note: 'The target does not know the effort xhigh; high is used.',
    });
  });

  test('a budget becomes a word, and thinking as the model sees fit needs none', () => {
    expect(fitted({ mode: 'on', budgetTokens: 8192 }, 'gpt5').wish).toEqual({ effort: 'medium' });
    expect(fitted({ mode: 'auto' }, 'gpt5').wish).toBeUndefined();
  });

  test('levels of gemini 3', () => {
    expect(fitted({ effort: 'medium', show: 'full' }, 'gemini3').wish).toEqual({
      effort: 'high',
      show: 'full',
    });
  });
});

describe('budgets', () => {
  test('a word becomes a number within the bounds', () => {
    expect(fitted({ effort: 'low' }, 'budget').wish).toEqual({ mode: 'on', budgetTokens: 2048 });
    expect(fitted({ effort: 'max' }, 'gemini2')).toEqual({
      wish: { mode: 'on', budgetTokens: 24_576 },
      told: ['reasoning-budget approximated hint'],
    });
    expect(fitted({ mode: 'on', budgetTokens: 99_999 }, 'gemini2').told).toEqual([
      'reasoning-budget approximated quality',
    ]);
  });

  test('G72 the budget is less than the limit of output', () => {
    expect(fitted({ effort: 'high' }, 'budget', { maxOutputTokens: 4000 }).wish).toEqual({
      mode: 'on',
      budgetTokens: 3999,
    });
    expect(fitted({ effort: 'high' }, 'budget', { maxOutputTokens: 1000 })).toEqual({
      wish: { mode: 'off' },
      told: ['reasoning dropped quality'],
    });
  });

  test('gemini has a budget that the model chooses', () => {
    expect(fitted({ mode: 'auto' }, 'gemini2').wish).toEqual({ mode: 'auto' });
    expect(fitted({ mode: 'auto' }, 'budget').wish).toEqual({ mode: 'on', budgetTokens: 8192 });
  });

  test('G69 without the reasoning that led to the results there is none', () => {
    const call: ToolCallPart = { type: 'tool-call', id: 'c', kind: 'function', name: 'f', arguments: '{}' };
    const result = { type: 'tool-result', callId: 'c', kind: 'function', content: [] } as const;
    const turns = [turn('user', 'Hi'), turn('assistant', [call]), turn('user', [result])];
    expect(fitted({ effort: 'high' }, 'budget', { turns })).toEqual({
      wish: { mode: 'off' },
      told: ['reasoning dropped quality'],
    });
    const thought = {
      type: 'reasoning',
      form: 'text',
      sections: ['Hm'],
      token: { vendor: 'anthropic', kind: 'signature', value: 'v' },
    } as const;
    const whole = [
      turn('user', 'Hi'),
      turn('assistant', [thought]),
      turn('assistant', [call]),
      turn('user', [result]),
    ];
    expect(fitted({ effort: 'high' }, 'budget', { turns: whole }).wish).toEqual({
      mode: 'on',
      budgetTokens: 24_576,
    });
    expect(fitted({ effort: 'high' }, 'adaptive', { turns }).wish).toEqual({ mode: 'auto', effort: 'high' });
  });
});

describe('adaptive', () => {
  test('a word means thinking, except in the words of anthropic itself', () => {
    expect(fitted({ effort: 'minimal' }, 'adaptive').wish).toEqual({ mode: 'auto', effort: 'low' });
    expect(fitted({ effort: 'low' }, 'adaptive', { origin: 'anthropic-messages' }).wish).toEqual({
      effort: 'low',
    });
    expect(fitted({ mode: 'on', budgetTokens: 24_576 }, 'adaptive').wish).toEqual({
      mode: 'auto',
      effort: 'high',
    });
  });
});

describe('off and none', () => {
  test('off stays off where it can be', () => {
    expect(fitted({ mode: 'off' }, 'gpt5')).toEqual({ wish: { mode: 'off' }, told: [] });
    expect(fitted({ mode: 'off' }, 'adaptive')).toEqual({ wish: { mode: 'off' }, told: [] });
  });

  test('what anthropic shows of its thinking is asked of others, unless it is to be hidden', () => {
    const shown = (reasoning: ChatRequest['reasoning'], target: keyof typeof targets) =>
      pass(
        reasoningWish,
        ask({ origin: 'anthropic-messages', ...(reasoning === undefined ? {} : { reasoning }) }),
        targets[target],
      ).request.reasoning?.show;
    expect(shown({ mode: 'on', budgetTokens: 8000 }, 'gpt5')).toBe('summary');
    expect(shown({ mode: 'auto' }, 'gpt5')).toBe('summary');
    expect(shown({ mode: 'on', budgetTokens: 8000, show: 'none' }, 'gpt5')).toBe('none');
    expect(shown({ effort: 'low' }, 'gpt5')).toBeUndefined();
    expect(shown({ mode: 'on', budgetTokens: 8000 }, 'budget')).toBeUndefined();
  });

  test('else the least is asked for', () => {
    expect(fitted({ mode: 'off' }, 'gemini3')).toEqual({
      wish: { effort: 'low', show: 'none' },
      told: ['reasoning-off approximated quality'],
    });
  });

  test('a target that cannot be told loses what was asked', () => {
    expect(fitted({ effort: 'high' }, 'chat')).toEqual({
      wish: undefined,
      told: ['reasoning dropped quality'],
    });
    expect(fitted({ mode: 'auto' }, 'chat').told).toEqual(['reasoning dropped hint']);
    expect(fitted({ mode: 'off' }, 'chat').told).toEqual([]);
  });
});
