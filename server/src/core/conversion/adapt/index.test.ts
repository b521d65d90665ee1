import { describe, expect, test } from 'vitest';
import { ask, targets, turn } from '../../../../test/kit/adapting.ts';
import type { StreamEvent } from '../../model/event.ts';
import { lossReport } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { adaptRequest } from './index.ts';

function adapted(request: ChatRequest, traits: ModelTraits) {
  const losses = lossReport();
  return {
    ...adaptRequest(request, { traits, losses, recalled: undefined, withoutTokens: false }),
    losses: losses.losses,
  };
}

describe('all passes', () => {
  test('leave a request that every target takes the same object, and its answer as it is', () => {
    const request = ask({ turns: [turn('system', 'Be kind'), turn('user', 'Hi')], maxOutputTokens: 100 });
    const event: StreamEvent = { type: 'ping' };
    for (const traits of Object.values(targets)) {
      const { request: same, raise, losses } = adapted(request, traits);
      expect(same).toBe(request);
      expect(losses).toEqual([]);
      const seen: StreamEvent[] = [];
      raise((one) => seen.push(one))(event);
      expect(seen).toEqual([event]);
    }
  });

  test('an instruction that a pass adds gets the place that the target allows', () => {
    const request = ask({ output: { type: 'json' } });
    const { turns } = adapted(request, { ...targets.chat, system: 'none', jsonOutput: false }).request;
    expect(turns.map(({ role }) => role)).toEqual(['user']);
  });

  test('the answer goes through the passes backwards: tokens get their maker, then the text is cut', () => {
    const request = ask({ sampling: { stop: ['END'] } });
    const { raise } = adapted(request, { ...targets.gpt5, vendor: 'azure-openai' });
    const seen: StreamEvent[] = [];
    const emit = raise((event) => seen.push(event));
    const reasoning = { type: 'reasoning', form: 'summary', sections: [] } as const;
    const token = { vendor: 'openai', kind: 'encrypted', value: 'v' } as const;
    emit({ type: 'open', block: 0, choice: 0, part: reasoning });
    emit({ type: 'close', block: 0, part: { ...reasoning, token } });
    emit({ type: 'open', block: 1, choice: 0, part: { type: 'text', text: '' } });
    emit({ type: 'delta', block: 1, text: 'a END b' });
    expect(seen.at(1)).toMatchObject({ part: { token: { vendor: 'azure-openai' } } });
    expect(seen.at(-1)).toMatchObject({ type: 'stop', stop: { reason: 'stop-sequence', sequence: 'END' } });
  });
});
