import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../model/request.ts';
import { countable } from './countable.ts';

const request: ChatRequest = {
  origin: 'openai-chat',
  model: 'm',
  stream: false,
  includeUsage: true,
  sampling: {},
  tools: [{ kind: 'function', name: 'look', parameters: { type: 'object' } }],
  turns: [
    { role: 'system', parts: [{ type: 'text', text: 'rules' }] },
    {
      role: 'user',
      parts: [
        { type: 'media', kind: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        { type: 'media', kind: 'document', title: 'T', source: { type: 'text', text: 'page' } },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', form: 'text', sections: ['hm'] },
        { type: 'tool-call', kind: 'function', id: 'c', name: 'look', arguments: '{"a":1}' },
      ],
    },
    {
      role: 'user',
      parts: [
        { type: 'tool-result', kind: 'function', callId: 'c', content: [{ type: 'text', text: 'seen' }] },
      ],
    },
  ],
};

describe('countable', () => {
  it('has every text of turns, calls, results and tools, and a figure for what is no text', () => {
    const { texts, flat } = countable(request);
    const told = ['rules', 'T', 'page', 'hm', 'look', '{"a":1}', 'seen', 'look', '{"type":"object"}'];
    expect(texts).toEqual(told);
    // One image, four messages, one call, one result, one tool.
    expect(flat).toBe(1_200 + 7 * 4);
  });
});
