import { describe, expect, test } from 'vitest';
import { ask, pass, targets } from '../../../../test/kit/adapting.ts';
import type { ChatRequest } from '../../model/request.ts';
import { identity } from './identity.ts';

function told(more: Partial<ChatRequest>, target: keyof typeof targets): readonly string[] {
  return pass(identity, ask(more), targets[target]).told;
}

describe('labels', () => {
  test('what the target takes leaves the request the same object', () => {
    const request = ask({
      metadata: { a: 'b' },
      endUser: { id: 'me' },
      serviceTier: 'flex',
      verbosity: 'low',
      state: { previousResponseId: 'resp_1', store: true },
    });
    expect(pass(identity, request, targets.gpt5).request).toBe(request);
  });

  test('metadata is cut to what OpenAI takes', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, 'x'.repeat(600)]));
    const { request } = pass(identity, ask({ metadata: { ['k'.repeat(65)]: 'x', ...many } }), targets.gpt5);
    expect(Object.keys(request.metadata ?? {})).toHaveLength(16);
    expect(request.metadata?.['k0']).toHaveLength(512);
    expect(told({ metadata: { a: 'b' } }, 'budget')).toEqual(['metadata dropped hint']);
  });

  test('G63 long ids of persons become digests', () => {
    const { request } = pass(
      identity,
      ask({ endUser: { id: 'u'.repeat(150), safetyId: 's' } }),
      targets.gpt5,
    );
    expect(request.endUser?.id).toMatch(/^user-[0-9a-f]{16}$/);
    expect(request.endUser?.safetyId).toBe('s');
    expect(told({ endUser: { id: 'me' } }, 'gemini2')).toEqual(['end-user dropped hint']);
  });

  test('tiers and verbosity are hints; the default tier is not worth a word', () => {
    expect(told({ serviceTier: 'flex', verbosity: 'low' }, 'chat')).toEqual([
      'service-tier dropped hint',
      'verbosity dropped hint',
    ]);
    expect(told({ serviceTier: 'auto' }, 'chat')).toEqual([]);
  });
});

describe('output and state', () => {
  test('an answer in sound or pictures is refused where there is none', () => {
    expect(told({ origin: 'gemini', modalities: ['text', 'image'] }, 'gpt5')).toEqual([
      'output-modalities dropped semantic',
    ]);
    expect(told({ modalities: ['text', 'audio'] }, 'gemini2')).toEqual([
      'output-modalities dropped semantic',
    ]);
    expect(told({ modalities: ['text', 'image'] }, 'gemini2')).toEqual([]);
  });

  test('G74 a conversation that only OpenAI keeps cannot be continued elsewhere', () => {
    const origin = 'openai-responses';
    expect(told({ origin, state: { previousResponseId: 'resp_1' } }, 'budget')).toEqual([
      'previous-response-id dropped semantic',
    ]);
    expect(told({ origin, state: { conversation: 'c', background: true } }, 'gpt4')).toEqual([
      'conversation dropped semantic',
      'background dropped semantic',
    ]);
  });

  test('answers that are to be kept are kept where the format has a word for it', () => {
    const kept = ask({ state: { store: true } });
    expect(pass(identity, kept, targets.gpt4)).toMatchObject({ request: kept, told: [] });
    expect(told({ state: { store: true } }, 'budget')).toEqual(['store dropped hint']);
  });

  test('what Codex sends every time costs nothing', () => {
    const state = { store: false, include: ['reasoning.encrypted_content'] };
    const passed = pass(identity, ask({ origin: 'openai-responses', state }), targets.budget);
    expect(passed).toMatchObject({ told: [], request: ask({ origin: 'openai-responses' }) });
    const chat = pass(identity, ask({ origin: 'openai-responses', state }), targets.gpt4);
    expect([chat.told, chat.request.state]).toEqual([[], undefined]);
  });
});
