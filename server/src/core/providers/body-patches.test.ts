import { describe, expect, test } from 'vitest';
import { patchBody } from './body-patches.ts';

describe('bodies in a vendor’s own words', () => {
  test('Mistral has random_seed and marks a begun answer', () => {
    const user = { role: 'user', content: 'Hi' };
    const body = { model: 'm', seed: 7, messages: [user, { role: 'assistant', content: 'He' }] };
    expect(patchBody('mistral', 'openai-chat', body)).toEqual({
      model: 'm',
      random_seed: 7,
      messages: [user, { role: 'assistant', content: 'He', prefix: true }],
    });
  });

  test('DeepSeek and Z.ai switch thinking by a member of their own', () => {
    const off = { reasoning_effort: 'none' };
    expect(patchBody('deepseek', 'openai-chat', off)).toEqual({ thinking: { type: 'disabled' } });
    expect(patchBody('zai', 'openai-chat', off)).toEqual({ thinking: { type: 'disabled' } });
    expect(patchBody('zai', 'openai-chat', { reasoning_effort: 'high' })).toEqual({
      thinking: { type: 'enabled' },
    });
  });

  test('everything else stays the same object', () => {
    const body = { seed: 7, reasoning_effort: 'high', messages: [{ role: 'user' }] };
    expect(patchBody('openai', 'openai-chat', body)).toBe(body);
    expect(patchBody('deepseek', 'openai-chat', body)).toBe(body);
    expect(patchBody('constructor', 'openai-chat', body)).toBe(body);
    const plain = { messages: [{ role: 'user' }] };
    expect(patchBody('mistral', 'openai-chat', plain)).toBe(plain);
  });
});
