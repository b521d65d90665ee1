// Answers for clients of the format that they came in, which are converted because one side streams and the other does not,
// or because of tokens: what only this format knows comes through.

import { describe, expect, test } from 'vitest';
import { answerOf, bodyFor, chunk, eventsFor } from './gotchas-run.ts';

const message = (id: string, text: string): object => ({
  id,
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const call = { id: 'fc_7', type: 'function_call', call_id: 'call_7', name: 'weather', arguments: '{}' };
const output = [message('msg_5', 'One.'), message('msg_6', 'Two.'), call];
const answer = answerOf(
  'openai-responses',
  { type: 'response.created', response: { id: 'resp_1', model: 'up', created_at: 1, output: [] } },
  ...output.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
  {
    type: 'response.completed',
    response: { id: 'resp_1', status: 'completed', output, moderation: { ok: 1 } },
  },
);

describe('an answer of Responses', () => {
  test('keeps the ids of its items for clients of Responses, and messages stay apart', () => {
    const ids = [{ id: 'msg_5' }, { id: 'msg_6' }, { id: 'fc_7' }];
    expect(bodyFor('openai-responses', answer)).toMatchObject({ output: ids, moderation: { ok: 1 } });
    const events = eventsFor('openai-responses', answer);
    const done = events.filter(({ type }) => type === 'response.output_item.done');
    expect(done.map(({ item }) => item)).toMatchObject(ids);
    expect(events.at(-1)).toMatchObject({ response: { output: ids, moderation: { ok: 1 } } });
    const deltas = events.filter(({ type }) => String(type).endsWith('.delta'));
    expect(deltas.map(({ item_id }) => item_id)).toEqual(['msg_5', 'msg_6', 'fc_7']);
  });

  test('has ids of nobody else’s for other clients', () => {
    for (const client of ['openai-chat', 'anthropic-messages', 'gemini'] as const)
      expect(JSON.stringify(bodyFor(client, answer))).not.toMatch(/msg_5|msg_6|fc_7|moderation/);
  });
});

describe('an answer of Chat Completions', () => {
  const chat = answerOf(
    'openai-chat',
    chunk({ role: 'assistant', content: '' }, null, { system_fingerprint: 'fp_1' }),
    chunk({}, 'stop', { system_fingerprint: 'fp_1' }),
    '[DONE]',
  );

  test('keeps its fingerprint in every chunk, and other formats do not hear of it', () => {
    for (const event of eventsFor('openai-chat', chat))
      expect(event).toMatchObject({ system_fingerprint: 'fp_1' });
    expect(JSON.stringify(eventsFor('openai-responses', chat))).not.toContain('fp_1');
  });

  test('that says nothing has an empty text, as most clients expect', () => {
    expect(bodyFor('openai-chat', chat)).toMatchObject({ choices: [{ message: { content: '' } }] });
  });
});
