// A turn with a tool, twice through the gateway: the upstream thinks and calls a tool, the client of another format sends the
// history back as its format wants it, and the upstream gets its own tokens unaltered and where they stood (G34–G37, G66–G69).

import { describe, expect, test } from 'vitest';
import { convertRequest } from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { Part } from '../../src/core/model/content.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { isObject, type JsonObject, listOf } from '../../src/core/model/json.ts';
import { ANSWER_CASES, type AnswerCase } from './matrix-cases.ts';
import { bodied, decoded, foldedBody } from './matrix-run.ts';
import { DIALECT_IDS, QUESTIONS, TARGETS } from './matrix-targets.ts';

/** The next request of a client who answers every call of `body` with the word "rain". */
const NEXT: Readonly<Record<DialectId, (body: JsonObject) => JsonObject>> = {
  'openai-chat': (body) => {
    const choice = listOf(body['choices'])[0];
    const message = isObject(choice) && isObject(choice['message']) ? choice['message'] : {};
    const results = objects(message['tool_calls']).map(({ id }) => ({
      role: 'tool',
      tool_call_id: id,
      content: 'rain',
    }));
    return { messages: [...listOf(QUESTIONS['openai-chat']['messages']), message, ...results] };
  },
  'openai-responses': (body) => {
    const output = objects(body['output']);
    const results = output
      .filter(({ type }) => type === 'function_call')
      .map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'rain' }));
    return { input: [{ role: 'user', content: 'Tell me.' }, ...output, ...results] };
  },
  'anthropic-messages': (body) => {
    const content = objects(body['content']);
    const results = content
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'rain' }));
    const said = { role: 'assistant', content };
    return {
      messages: [
        ...listOf(QUESTIONS['anthropic-messages']['messages']),
        said,
        { role: 'user', content: results },
      ],
    };
  },
  gemini: (body) => {
    const candidate = objects(body['candidates'])[0];
    const content = isObject(candidate?.['content']) ? candidate['content'] : {};
    const results = objects(content['parts']).flatMap(({ functionCall: call }) =>
      isObject(call)
        ? [{ functionResponse: { id: call['id'], name: call['name'], response: { output: 'rain' } } }]
        : [],
    );
    return {
      contents: [...listOf(QUESTIONS.gemini['contents']), content, { role: 'user', parts: results }],
    };
  },
};

function objects(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}

/** Tokens and calls of the parts, in order: what belongs together and where it stands. */
function proofs(parts: readonly Part[]): unknown[] {
  return parts.flatMap((part) => {
    if (part.type === 'tool-call') return [['call', part.name, part.token?.value]];
    if (part.type === 'reasoning' && part.token !== undefined)
      return [['reasoning', part.sections.join('\n\n'), part.token.value]];
    return [];
  });
}

function inOriginal({ dialect, json }: AnswerCase): unknown[] {
  const answer = dialects[dialect].codec.decodeResponse(json);
  if ('code' in answer) throw new Error(answer.message);
  return proofs(answer.choices[0]?.parts ?? []);
}

/** What the upstream gets back from a client that was given `body`. */
function sentBack(upstream: DialectId, client: DialectId, body: JsonObject): unknown[] {
  const next = { ...QUESTIONS[client], ...NEXT[client](JSON.parse(JSON.stringify(body)) as JsonObject) };
  const { encoded } = convertRequest({
    from: dialects[client],
    to: dialects[upstream],
    request: decoded(client, next, false),
    target: { model: 'target-model', stream: false, traits: TARGETS[upstream] },
  });
  const received = decoded(upstream, JSON.parse(JSON.stringify(encoded.body)) as JsonObject, false);
  const said = received.turns.filter(({ role }) => role === 'assistant');
  return proofs(said.flatMap(({ parts }) => parts));
}

const WITH_TOKENS = ANSWER_CASES.filter(
  ({ features, dialect }) =>
    features.includes('reasoning-token') && features.includes('tool-calls') && dialect !== 'openai-chat',
);

test('there is such an answer of every vendor with tokens of its own', () => {
  expect(WITH_TOKENS.map(({ dialect }) => dialect).sort()).toEqual([
    'anthropic-messages',
    'gemini',
    'openai-responses',
  ]);
});

describe.each(WITH_TOKENS)('$name', (each) => {
  test('has a token before or on its call', () => {
    const tokens = inOriginal(each).filter((proof) => Array.isArray(proof) && typeof proof[2] === 'string');
    expect(tokens).not.toEqual([]);
  });

  test.each(DIALECT_IDS)('through a client of %s that got a body', (client) => {
    const answer = bodied(each, client);
    if ('code' in answer) throw new Error(answer.message);
    expect(sentBack(each.dialect, client, answer.body)).toEqual(inOriginal(each));
  });

  test.each(DIALECT_IDS)('through a client of %s that folded a stream', (client) => {
    const answer = foldedBody(each, client);
    if ('code' in answer) throw new Error(answer.message);
    expect(sentBack(each.dialect, client, answer.body)).toEqual(inOriginal(each));
  });
});
