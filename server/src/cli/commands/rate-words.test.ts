import { describe, expect, test } from 'vitest';
import { RATE_FORMATS, type RateState, rateLines, rateWords } from './rate-words.ts';

const rate = { input: 120.4, output: 45.2 };
const known: RateState = { kind: 'known', rate, origin: 'http://127.0.0.1:9208', inFlight: 3 };
const idle: RateState = { ...known, rate: { input: 0, output: 0 }, inFlight: 0 };
const away: RateState = { kind: 'away', why: 'No gateway runs at <here> | & there.' };

describe('10.8 the token rate in words', () => {
  test('split tells input and output, combined the sum, both both', () => {
    expect(rateWords(rate, 'split')).toBe('↑120 ↓45 tok/s');
    expect(rateWords(rate, 'combined')).toBe('166 tok/s');
    expect(rateWords(rate, 'both')).toBe('166 (↑120 ↓45) tok/s');
    expect(rateWords({ input: 123_456, output: 9_999 }, 'split')).toBe('↑123.5K ↓9,999 tok/s');
  });

  test('xbar gets a title, a line of three dashes and a menu with a link', () => {
    const [title, rule, ...menu] = rateLines(known, 'xbar', 'split', false);
    expect([title, rule]).toEqual(['↑120 ↓45 tok/s', '---']);
    expect(menu).toContain('3 in flight');
    expect(menu.at(-1)).toBe('Dashboard | href=http://127.0.0.1:9208/dashboard/');
    expect(rateLines(known, 'xbar', 'split', true)[0]).toBe('~~~');
  });

  test('in xbar only our own bars end a text', () => {
    const lines = rateLines(away, 'xbar', 'split', false);
    expect(lines.map((line) => line.split('|').length)).toEqual([2, 1, 2]);
  });

  test('waybar gets one line of JSON with text, tooltip and class, and nothing in it is markup', () => {
    for (const [state, kind] of [
      [known, 'active'],
      [idle, 'idle'],
      [away, 'away'],
    ] as const) {
      const lines = rateLines(state, 'waybar', 'combined', true);
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toContain('\n');
      const read: unknown = JSON.parse(lines[0] ?? '');
      expect(read).toMatchObject({ class: kind, text: expect.any(String), tooltip: expect.any(String) });
      expect(lines[0]).not.toMatch(/<|>|&(?!amp;|lt;|gt;)/);
    }
    expect(JSON.parse(rateLines(away, 'waybar', 'split', false)[0] ?? '')).toMatchObject({ text: '' });
  });

  test('tmux gets one line, which is empty while the gateway is away', () => {
    expect(rateLines(known, 'tmux', 'combined', false)).toEqual(['166 tok/s']);
    expect(rateLines(away, 'tmux', 'combined', false)).toEqual(['']);
  });

  test('no format shows a rate that is not there', () => {
    for (const format of RATE_FORMATS)
      expect(rateLines(away, format, 'both', false).join('\n')).not.toMatch(/tok\/s/);
  });
});
