import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import type { Turn } from '../../model/request.ts';
import { systemTurns } from './system-turns.ts';

function placed(turns: readonly Turn[], target: keyof typeof targets | typeof targets.chat) {
  const traits = typeof target === 'string' ? targets[target] : target;
  const { request, told } = pass(systemTurns, ask({ turns }), traits);
  return { turns: request.turns, told };
}

const hi = turn('user', 'Hi');

describe('instructions', () => {
  test('at the beginning they leave the request the same object', () => {
    const request = ask({ turns: [turn('system', 'Be kind'), hi] });
    for (const traits of Object.values(targets))
      expect(pass(systemTurns, request, traits).request).toBe(request);
  });

  test('G61 later ones go into the user’s turn, where the target wants them first', () => {
    const turns = [turn('system', 'A'), hi, turn('developer', 'B')];
    expect(placed(turns, 'budget')).toEqual({
      turns: [turn('system', 'A'), hi, turn('user', '<system>\nB\n</system>')],
      told: ['system-turn approximated quality'],
    });
    expect(placed(turns, 'gpt4')).toEqual({ turns, told: [] });
  });

  test('G61 several at the beginning become one for servers of chat that nobody knows', () => {
    const turns = [turn('system', 'A'), turn('developer', 'B'), hi];
    const both = turn('system', [
      { type: 'text', text: 'A' },
      { type: 'text', text: 'B' },
    ]);
    expect(placed(turns, 'chat')).toEqual({ turns: [both, hi], told: [] });
    expect(placed(turns, 'budget').turns).toBe(turns);
  });

  test('a target that takes none gets them in the first turn of the user', () => {
    const { turns, told } = placed([turn('system', 'A'), hi], { ...targets.chat, system: 'none' });
    expect(turns).toEqual([
      turn('user', [
        { type: 'text', text: '<system>\nA\n</system>' },
        { type: 'text', text: 'Hi' },
      ]),
    ]);
    expect(told).toEqual(['system-turn approximated quality']);
  });

  test('alone they are the question, for formats that need one', () => {
    const turns = [turn('system', 'A'), turn('system', 'Q')];
    expect(placed(turns, 'gemini2')).toEqual({
      turns: [turn('system', 'A'), turn('user', 'Q')],
      told: ['system-only approximated quality'],
    });
    expect(placed(turns, 'gpt4').turns).toBe(turns);
    expect(placed([], 'gemini2').turns).toEqual([]);
  });

  test('G60 the line of billing goes, but not to Anthropic', () => {
    const billing = { type: 'text', text: 'x-anthropic-billing-header: cch=1;' } as const;
    const turns = [turn('system', [billing, { type: 'text', text: 'A' }]), hi];
    expect(placed(turns, 'gpt4')).toEqual({
      turns: [turn('system', 'A'), hi],
      told: ['billing-header dropped hint'],
    });
    expect(placed(turns, 'budget').turns).toBe(turns);
    expect(placed([turn('system', [billing]), hi], 'gpt4').turns).toEqual([hi]);
  });
});

describe('a begun answer', () => {
  const begun = [hi, turn('assistant', 'Well,')];

  test('is continued where that is known', () => {
    expect(placed(begun, 'budget')).toEqual({ turns: begun, told: [] });
  });

  test('becomes history elsewhere, and formats that need a question get one', () => {
    expect(placed(begun, 'gpt4')).toEqual({ turns: begun, told: ['prefill approximated quality'] });
    const { turns, told } = placed(begun, 'adaptive');
    expect(turns).toEqual([...begun, turn('user', 'Continue exactly where you stopped.')]);
    expect(told).toEqual(['prefill approximated quality']);
  });
});
