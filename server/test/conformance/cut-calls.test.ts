// Answers that end at their limit within the arguments of a call: what can be said is said, and nothing pretends that the
// arguments are complete.

import { describe, expect, test } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Loss } from '../../src/core/model/loss.ts';
import { answerOf, bodyFor, chunk, eventsFor } from './gotchas-run.ts';
import type { AnswerCase } from './matrix-cases.ts';
import { answerConversion, streamed } from './matrix-run.ts';

const WHOLE = '{"city":"Oslo"}';

const piece = (index: number, id: string, written: string): object =>
  chunk({ tool_calls: [{ index, id, type: 'function', function: { name: 'weather', arguments: written } }] });

/** Words, then calls, each with its arguments in one piece. */
function answer(finish: string, ...written: readonly string[]): AnswerCase {
  const calls = written.map((text, index) => piece(index, `call_${index}`, text));
  return answerOf(
    'openai-chat',
    chunk({ role: 'assistant', content: 'I look.' }),
    ...calls,
    chunk({}, finish),
  );
}

function lossesOf(client: DialectId, cut: AnswerCase): readonly Loss[] {
  const made = answerConversion(cut, client, true);
  streamed(cut, made);
  return made.losses.losses;
}

const LEFT_OUT = { feature: 'tool-arguments', action: 'dropped', severity: 'quality' };

describe('an answer that ends within a call', () => {
  const cut = answer('length', WHOLE, '{"city":"Os');

  test('keeps for clients of gemini what came before, and its reason', () => {
    const parts = [
      { text: 'I look.' },
      { functionCall: { id: 'call_0', name: 'weather', args: { city: 'Oslo' } } },
    ];
    expect(bodyFor('gemini', cut)).toMatchObject({
      candidates: [{ content: { parts }, finishReason: 'MAX_TOKENS' }],
    });
    const events = eventsFor('gemini', cut);
    expect(events.map((event) => 'error' in event)).not.toContain(true);
    expect(JSON.stringify(events).match(/functionCall/g)).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ candidates: [{ finishReason: 'MAX_TOKENS' }] });
    expect(lossesOf('gemini', cut)).toMatchObject([LEFT_OUT]);
  });

  test('keeps for clients of Messages what came before, and its reason', () => {
    const body = bodyFor('anthropic-messages', cut);
    expect(body).toMatchObject({
      content: [{ text: 'I look.' }, { type: 'tool_use', input: { city: 'Oslo' } }],
      stop_reason: 'max_tokens',
    });
    expect(body).toHaveProperty('content.length', 2);
    const events = JSON.stringify(eventsFor('anthropic-messages', cut));
    expect(events.match(/"tool_use"/g)).toHaveLength(1);
    expect(events).toContain('"max_tokens"');
    expect(lossesOf('anthropic-messages', cut)).toContainEqual(expect.objectContaining(LEFT_OUT));
  });

  test('says for clients of Responses that the call is incomplete, with what there is of it', () => {
    const output = [
      { type: 'message', status: 'completed' },
      { type: 'function_call', status: 'completed', arguments: WHOLE },
      { type: 'function_call', status: 'incomplete', arguments: '{"city":"Os' },
    ];
    expect(bodyFor('openai-responses', cut)).toMatchObject({ status: 'incomplete', output });
    expect(eventsFor('openai-responses', cut).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { output },
    });
  });

  test('keeps a call that was complete', () => {
    const complete = answer('length', WHOLE);
    expect(bodyFor('gemini', complete)).toMatchObject({
      candidates: [{ content: { parts: [{}, { functionCall: { name: 'weather' } }] } }],
    });
    expect(JSON.stringify(eventsFor('gemini', complete))).toContain('functionCall');
    expect(lossesOf('gemini', complete)).toEqual([]);
    expect(bodyFor('anthropic-messages', complete)).toMatchObject({ content: [{}, { type: 'tool_use' }] });
  });
});

describe('arguments that are no JSON in an answer that has not been cut', () => {
  const broken = answer('tool_calls', 'no JSON');

  test('stay an error in a stream of gemini, which cannot say them', () => {
    expect(eventsFor('gemini', broken).at(-1)).toHaveProperty('error');
  });

  test('stand under "input" for clients of Messages', () => {
    const body = bodyFor('anthropic-messages', broken);
    expect(body).toMatchObject({ content: [{}, { input: { input: 'no JSON' } }], stop_reason: 'tool_use' });
    expect(JSON.stringify(eventsFor('anthropic-messages', broken))).toContain(
      String.raw`{\"input\":\"no JSON\"}`,
    );
  });

  test('are no reason to hold back what follows', () => {
    const first = answer('tool_calls', 'no JSON', WHOLE);
    const names = eventsFor('anthropic-messages', first).map(
      ({ type, index }) => `${String(type)} ${String(index)}`,
    );
    expect(names.filter((name) => name.startsWith('content_block_st'))).toEqual([
      'content_block_start 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_stop 2',
    ]);
  });
});
