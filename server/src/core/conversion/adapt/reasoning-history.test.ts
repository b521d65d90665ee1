import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import type { ReasoningPart, ToolCallPart } from '../../model/content.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { reasoningHistory } from './reasoning-history.ts';

const token = (vendor: string): OpaqueToken => ({ vendor, kind: 'signature', value: 'v' });
const thought = (vendor?: string, text = 'Hm'): ReasoningPart => ({
  type: 'reasoning',
  form: 'text',
  sections: text === '' ? [] : [text],
  ...(vendor === undefined ? {} : { token: token(vendor) }),
});
const call = (id: string): ToolCallPart => ({
  type: 'tool-call',
  id,
  kind: 'function',
  name: 'f',
  arguments: '{}',
});
const text = { type: 'text', text: 'So' } as const;

describe('tokens', () => {
  test('G68 those that the target made stay, byte for byte, in the same object', () => {
    const request = ask({
      turns: [turn('user', 'Hi'), turn('assistant', [thought('anthropic'), call('c1')])],
    });
    expect(pass(reasoningHistory, request, targets.budget).request).toBe(request);
  });

  test('those of others go, with the reasoning that they prove', () => {
    const request = ask({
      turns: [turn('assistant', [thought('openai'), { ...call('c1'), token: token('gemini') }])],
    });
    const passed = pass(reasoningHistory, request, targets.budget);
    expect(passed.request.turns[0]?.parts).toEqual([call('c1')]);
    expect(passed.told).toEqual(['reasoning-token dropped hint', 'reasoning-history dropped hint']);
  });

  test('reasoning without a proof goes, unless the target wants the text', () => {
    const request = ask({ turns: [turn('assistant', [thought(), thought('x', ''), text])] });
    expect(pass(reasoningHistory, request, targets.budget).request.turns[0]?.parts).toEqual([text]);
    expect(pass(reasoningHistory, request, targets.deepseek).request.turns[0]?.parts).toEqual([
      thought(),
      text,
    ]);
  });

  test('a target that has refused them gets none', () => {
    const request = ask({ turns: [turn('assistant', [thought('anthropic'), text])] });
    const passed = pass(reasoningHistory, request, targets.budget, { withoutTokens: true });
    expect(passed.request.turns[0]?.parts).toEqual([text]);
  });

  test('G34 items that came with reasoning are sent without their ids when it is gone', () => {
    const turns = [
      turn('assistant', [{ ...thought('openai'), itemId: 'rs_1' }]),
      { ...turn('assistant', [{ ...call('c1'), itemId: 'fc_1' }]), itemId: 'fc_1' },
    ];
    const request = ask({ origin: 'openai-responses', turns });
    const passed = pass(reasoningHistory, request, targets.gpt5, { withoutTokens: true });
    expect(passed.request.turns).toEqual([turn('assistant', []), turn('assistant', [call('c1')])]);
    expect(pass(reasoningHistory, request, targets.gpt5).request).toBe(request);
  });

  test('tokens of the answer are named after the provider that made them', () => {
    const openrouter = { ...targets.budget, vendor: 'openrouter' };
    const events = [
      { type: 'close', block: 0, part: thought('anthropic') },
      { type: 'close', block: 1, part: thought('openai') },
      { type: 'close', block: 2, part: text },
    ] as const;
    const raised = pass(reasoningHistory, ask(), openrouter).answer(events);
    expect(raised).toEqual([{ ...events[0], part: thought('openrouter') }, events[1], events[2]]);
    expect(raised[2]).toBe(events[2]);
    expect(pass(reasoningHistory, ask(), targets.budget).answer(events)).toEqual(events);
  });
});

describe('recalled reasoning', () => {
  const recalled = new Map([
    ['c1', { before: [thought('anthropic')] }],
    ['c2', { before: [thought('anthropic', 'Again')], token: token('anthropic') }],
  ]);

  test('stands at the beginning of the stretch that led to the call (G69)', () => {
    const request = ask({ turns: [turn('user', 'Hi'), turn('assistant', [text, call('c1'), call('c2')])] });
    const passed = pass(reasoningHistory, request, targets.budget, { recalled });
    expect(passed.request.turns[1]?.parts).toEqual([
      thought('anthropic'),
      text,
      call('c1'),
      thought('anthropic', 'Again'),
      { ...call('c2'), token: token('anthropic') },
    ]);
  });

  test('stands before turns that belong to the same stretch', () => {
    const request = ask({
      turns: [turn('user', 'Hi'), turn('assistant', 'So'), turn('assistant', [call('c1')])],
    });
    const passed = pass(reasoningHistory, request, targets.budget, { recalled });
    expect(passed.request.turns).toEqual([
      turn('user', 'Hi'),
      turn('assistant', [thought('anthropic')]),
      turn('assistant', 'So'),
      turn('assistant', [call('c1')]),
    ]);
  });

  test('is not added where the client has sent it', () => {
    const request = ask({ turns: [turn('assistant', [thought('anthropic'), call('c1')])] });
    expect(pass(reasoningHistory, request, targets.budget, { recalled }).request).toBe(request);
  });

  test('is used only where the target can read it', () => {
    const request = ask({ turns: [turn('assistant', [call('c1')])] });
    expect(pass(reasoningHistory, request, targets.gpt5, { recalled }).request).toBe(request);
  });

  test('G71 is sent as text to whoever wants it back as text', () => {
    const request = ask({ turns: [turn('assistant', [call('c1')])] });
    const passed = pass(reasoningHistory, request, targets.deepseek, { recalled });
    expect(passed.request.turns[0]?.parts).toEqual([thought(), call('c1')]);
  });
});
