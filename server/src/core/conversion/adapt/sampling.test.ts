import { describe, expect, test } from 'vitest';
import { ask, pass, targets } from '../../../../test/kit/adapting.ts';
import type { ChatRequest } from '../../model/request.ts';
import { sampling } from './sampling.ts';

function drawn(
  given: ChatRequest['sampling'],
  target: keyof typeof targets,
  more: Partial<ChatRequest> = {},
) {
  const { request, told } = pass(sampling, ask({ sampling: given, ...more }), targets[target]);
  return { sampling: request.sampling, told };
}

describe('sampling', () => {
  test('what the target takes leaves the request the same object', () => {
    const request = ask({
      sampling: { temperature: 0, topP: 0.5, seed: 0, n: 2, logprobs: {} },
      maxOutputTokens: 100,
    });
    expect(pass(sampling, request, targets.gpt4).request).toBe(request);
  });

  test('G75 models that reason lose all of it, defaults without a complaint', () => {
    expect(drawn({ temperature: 0.2, topP: 1 }, 'gpt5')).toEqual({
      sampling: {},
      told: ['temperature dropped quality', 'top-p dropped hint'],
    });
  });

  test('a temperature is clamped', () => {
    expect(drawn({ temperature: 1.7 }, 'budget')).toEqual({
      sampling: { temperature: 1 },
      told: ['temperature approximated quality'],
    });
  });

  test('several answers where there is one would be an answer to another question', () => {
    expect(drawn({ n: 3 }, 'budget')).toEqual({ sampling: {}, told: ['n dropped semantic'] });
    expect(drawn({ n: 1 }, 'budget')).toEqual({ sampling: {}, told: [] });
    expect(drawn({ n: 3 }, 'gemini2').sampling).toEqual({ n: 3 });
  });

  test('members that the target does not have are dropped one by one', () => {
    const given = {
      topK: 5,
      seed: 1,
      presencePenalty: 1,
      frequencyPenalty: 0,
      logitBias: {},
      logprobs: { top: 2 },
    };
    expect(drawn(given, 'budget')).toEqual({
      sampling: { topK: 5 },
      told: [
        'seed dropped quality',
        'presence-penalty dropped quality',
        'frequency-penalty dropped hint',
        'logit-bias dropped quality',
        'logprobs dropped quality',
      ],
    });
  });

  test('claude takes neither while it thinks, and never a temperature beside top_p', () => {
    const reasoning = { mode: 'on', budgetTokens: 2000 } as const;
    expect(drawn({ temperature: 0.5, topK: 3, topP: 0.99 }, 'budget', { reasoning }).sampling).toEqual({
      topP: 0.99,
    });
    expect(drawn({ temperature: 0.5, topP: 0.9 }, 'budget').sampling).toEqual({ temperature: 0.5 });
  });

  test('the limit of output is kept within what the model writes, and above what the format takes', () => {
    const limit = (maxOutputTokens: number, target: keyof typeof targets): number | undefined =>
      pass(sampling, ask({ maxOutputTokens }), targets[target]).request.maxOutputTokens;
    expect(limit(500_000, 'budget')).toBe(64_000);
    expect(limit(1, 'gpt5')).toBe(16);
    expect(limit(500_000, 'chat')).toBe(500_000);
  });
});
