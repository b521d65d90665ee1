import { describe, expect, test } from 'vitest';
import { estimateInputTokens } from './estimate.ts';
import type { ChatRequest } from './request.ts';

const empty: ChatRequest = {
  origin: 'openai-chat',
  model: 'm',
  stream: false,
  includeUsage: false,
  turns: [],
  tools: [],
  sampling: {},
};

function saying(text: string): ChatRequest {
  return { ...empty, turns: [{ role: 'user', parts: [{ type: 'text', text }] }] };
}

describe('estimateInputTokens', () => {
  test('counts a token for four characters of prose', () => {
    expect(estimateInputTokens(saying('word'.repeat(1000)))).toBe(1004);
  });

  test('counts a token for each character of a wide script, also beside prose', () => {
    expect(estimateInputTokens(saying('猫'.repeat(1000)))).toBe(1004);
    const mixed = estimateInputTokens(saying('猫猫ab'.repeat(1000)));
    expect(mixed).toBeGreaterThan(2000);
    expect(mixed).toBeLessThan(3200);
  });

  test('counts tools, their schemas and a schema of the answer', () => {
    const schema = { type: 'object', properties: { city: { type: 'string', description: 'x'.repeat(360) } } };
    const tool = { kind: 'function', name: 'look_up', parameters: schema } as const;
    const one = estimateInputTokens({ ...empty, tools: [tool] });
    expect(one).toBeGreaterThan(110);
    expect(one).toBeLessThan(160);
    expect(estimateInputTokens({ ...empty, tools: [tool, tool] })).toBeGreaterThan(one * 1.9);
    expect(estimateInputTokens({ ...empty, output: { type: 'schema', schema } })).toBeGreaterThan(100);
  });

  test('does not take the bytes of an image for text', () => {
    const source = { type: 'base64', data: 'A'.repeat(1_000_000) } as const;
    const request: ChatRequest = {
      ...empty,
      turns: [{ role: 'user', parts: [{ type: 'media', kind: 'image', source }] }],
    };
    expect(estimateInputTokens(request)).toBeLessThan(2000);
  });

  test('counts calls and what tools answered', () => {
    const turns: ChatRequest['turns'] = [
      {
        role: 'assistant',
        parts: [{ type: 'tool-call', kind: 'function', id: 'c', name: 'n', arguments: 'x'.repeat(360) }],
      },
      {
        role: 'user',
        parts: [
          {
            type: 'tool-result',
            kind: 'function',
            callId: 'c',
            content: [{ type: 'text', text: 'y'.repeat(400) }],
          },
        ],
      },
    ];
    expect(estimateInputTokens({ ...empty, turns })).toBeGreaterThan(200);
  });

  test('is never 0', () => {
    expect(estimateInputTokens(empty)).toBe(1);
  });
});
