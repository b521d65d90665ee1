// A converted answer that breaks off and is gone on with by an upstream of another format: one writer, two upstreams.

import { describe, expect, test } from 'vitest';
import {
  answerWriter,
  type Conversion,
  convertRequest,
  streamInto,
} from '../../src/core/conversion/convert.ts';
import { CONTINUATION_PROMPT, continuedRequest } from '../../src/core/conversion/resume/continued-request.ts';
import { saidSoFar } from '../../src/core/conversion/resume/said-so-far.ts';
import { spliced } from '../../src/core/conversion/resume/spliced.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Emit, StreamEvent } from '../../src/core/model/event.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import { traitsFor } from '../../src/core/providers/traits/index.ts';
import { answerOf, expectSoundWire, plainRequest, textOfAnswer, written } from '../kit/resuming.ts';
import { sseEvents } from '../kit/sse-events.ts';

const IDS = Object.keys(dialects) as DialectId[];
const TRIPLES = IDS.flatMap((client) =>
  IDS.filter((id) => id !== client).map(
    (first) => [client, first, IDS.find((id) => id !== client && id !== first) ?? client] as const,
  ),
);
const MODELS: Readonly<Record<DialectId, readonly [provider: string, model: string]>> = {
  'openai-chat': ['openai', 'gpt-4.1'],
  'openai-responses': ['openai', 'gpt-4.1'],
  'anthropic-messages': ['anthropic', 'claude-sonnet-4-5'],
  gemini: ['gemini', 'gemini-2.5-pro'],
};

function conversionTo(client: DialectId, to: DialectId, request: ChatRequest): Conversion {
  const [provider, model] = MODELS[to];
  const target = { model, stream: true, traits: traitsFor(provider, to, model) };
  return convertRequest({ from: dialects[client], to: dialects[to], request, target });
}

function answer(text: string): StreamEvent[] {
  return [
    { type: 'start', id: 'up', model: 'm' },
    { type: 'open', block: 0, choice: 0, part: { type: 'text', text: '' } },
    ...[...text].map((letter) => ({ type: 'delta', block: 0, text: letter }) as const),
    { type: 'close', block: 0, part: { type: 'text', text } },
    { type: 'stop', choice: 0, stop: { reason: 'stop' } },
    { type: 'end' },
  ];
}

describe.each(TRIPLES)('resume for a client of %s, from %s to %s', (client, from, to) => {
  test('resume makes one answer of two upstreams', () => {
    const request = plainRequest(client, { maxOutputTokens: 100 });
    const first = conversionTo(client, from, request);
    const facts = { model: 'm-1', seed: 'c'.repeat(32), createdAt: 1, inputTokens: 1 };
    let text = '';
    const writer = answerWriter(first, facts, 'sse', (piece) => (text += piece));
    const said = saidSoFar(request);
    const told: Emit = (event) => {
      if (event.type === 'error') return;
      said.see(event);
      writer(event);
    };
    const upstream = streamInto(first, told);
    const sent = written(from, 'sse', answer('Once upon a time'), 'a').join('');
    const events = sseEvents(sent);
    for (const [name, data] of events) {
      if (said.text === 'Once upon a') break;
      upstream.event(name, data);
    }
    upstream.end();
    expect(said.resumable).toBe(true);

    const [provider, model] = MODELS[to];
    const second = conversionTo(client, to, continuedRequest(request, said, traitsFor(provider, to, model)));
    const body = JSON.stringify(second.encoded.body);
    expect(body).toContain('Once upon a');
    expect(body.includes(CONTINUATION_PROMPT)).toBe(to !== 'anthropic-messages');
    const before = text;
    const rest = streamInto(second, spliced(said, told, second.losses));
    for (const [name, data] of sseEvents(
      written(to, 'sse', answer(' Once upon a time, a fox'), 'b').join(''),
    ))
      rest.event(name, data);
    rest.end();
    expect(textOfAnswer(answerOf(client, 'sse', text))).toBe('Once upon a time, a fox');
    expectSoundWire(client, 'sse', text, before);
  });
});
