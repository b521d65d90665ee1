import { describe, expect, it } from 'vitest';
import { lossReport } from '../model/loss.ts';
import { type BodyRules, keepsTo, withBodyRules } from './body-rules.ts';
import { codex } from './codex.ts';
import { kiro } from './kiro.ts';

function rulesOf({ bodyRules }: { readonly bodyRules?: BodyRules }): BodyRules {
  if (bodyRules === undefined) throw new Error('no rules');
  return bodyRules;
}

const body = (value: object): Buffer => Buffer.from(JSON.stringify(value));

describe('the rules of a body', () => {
  it('are kept by one that has what is fixed and nothing that is refused', () => {
    const rules = rulesOf(codex);
    expect(keepsTo(rules, body({ store: false, stream: true, input: 'x', temperature_note: 1 }))).toBe(true);
    expect(keepsTo(rules, body({ stream: true, input: 'x' }))).toBe(false);
    expect(keepsTo(rules, body({ store: true, stream: true }))).toBe(false);
    expect(keepsTo(rules, body({ store: false, stream: true, temperature: 1 }))).toBe(false);
    expect(keepsTo(rules, body({ store: false, stream: true, text: { temperature: 1 } }))).toBe(true);
    expect(keepsTo(rules, Buffer.from('not json'))).toBe(false);
  });

  it('are never kept where the vendor does not really speak the format', () => {
    expect(keepsTo(rulesOf(kiro), body({ stream: true }))).toBe(false);
  });

  it('take out what is refused and say so, add what is missing, and set what is fixed', () => {
    const losses = lossReport();
    const before = { model: 'm', store: true, top_p: 0.5, metadata: null, conversation: 'conv_1' };
    const after = withBodyRules(rulesOf(codex), before, false, losses);
    expect(after).toEqual({ model: 'm', instructions: '', store: false, stream: true });
    expect(losses.losses.map(({ path, severity }) => [path, severity])).toEqual([
      ['top_p', 'quality'],
      ['conversation', 'semantic'],
    ]);
  });

  it('count a limit of output as lost only where one was asked for', () => {
    const limited = lossReport();
    const free = lossReport();
    const before = { model: 'm', max_tokens: 5, messages: [] };
    expect(withBodyRules(rulesOf(kiro), before, true, limited)).not.toHaveProperty('max_tokens');
    expect(withBodyRules(rulesOf(kiro), before, false, free)).not.toHaveProperty('max_tokens');
    expect([limited.losses.length, free.losses.length]).toEqual([1, 0]);
  });
});
