// What older gateways lost or made up between two formats, and how answers of streams were judged (defects 18.17, 18.28 to
// 18.31), over real sockets; and the limit of bodies in every format (7.9).

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { askFor, askTimes, refuseWith, understood } from '../kit/asking.ts';
import { ask, type Received } from '../kit/client.ts';
import { ANSWER, type Behaviour, type FaultUpstream } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, dataOf, wires } from '../kit/wire.ts';

const SSE = { 'Content-Type': 'text/event-stream' };

/** Sends a body to a gateway whose only upstream speaks another format; answers with what that one was sent. */
async function converted(
  to: DialectId,
  path: string,
  body: object,
  script?: Behaviour,
): Promise<{ answer: Received; sent: unknown; upstream: FaultUpstream }> {
  const upstream = await provider(script);
  const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }] });
  const answer = await ask(gateway.port, { path, body: JSON.stringify(body) });
  const received = upstream.turns[0]?.request.body.toString();
  return { answer, sent: received === undefined ? undefined : JSON.parse(received), upstream };
}

const user = (content: unknown) => ({ role: 'user', content });

describe('a stream', () => {
  test('18.17 5.6 without usage is a success like any other', async () => {
    const upstream = await provider((turn) => {
      if (upstream.turns.length % 2 === 1) {
        refuseWith(turn, 500, 'broken');
        return;
      }
      turn.head(200, SSE);
      for (const event of wires[turn.dialect].events(turn.model, turn.text))
        if (!event.includes('usage')) turn.piece(event);
      turn.end();
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      health: { breaker: { failures: 2, openMs: 60_000 } },
    });
    const answers = await askTimes(gateway, 6, { stream: true });
    expect(answers.map(({ status }) => status)).toEqual([500, 200, 500, 200, 500, 200]);
    for (const answer of answers.filter(({ status }) => status === 200))
      expect(understood(answer, { stream: true }).text).toBe(ANSWER);
    expect(gateway.standings('one', 'k1')).toEqual([]);
  });

  test('18.17 18.23 that is refused with a status is an error with that status, not a stream', async () => {
    for (const dialect of DIALECT_IDS) {
      const upstream = await provider((turn) => refuseWith(turn, 503, 'no room'));
      const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
      const answer = await askFor(gateway, { dialect, stream: true });
      expect(answer.status).toBe(503);
      expect(wires[dialect].understand(answer.text(), false).error).toBe('no room');
    }
  });

  test('18.28 of calls whose first piece is empty keeps arguments and usage for a client of Gemini', async () => {
    const call = (more: object): unknown => ({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...more }] }, finish_reason: null }],
    });
    const chunks = [
      call({ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }),
      call({ function: { arguments: '{"city":' } }),
      call({ function: { arguments: '"Paris"}' } }),
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      { choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } },
    ];
    const { answer } = await converted(
      'openai-chat',
      '/v1beta/models/m:streamGenerateContent?alt=sse',
      { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
      (turn) => {
        turn.head(200, SSE);
        for (const chunk of chunks) turn.piece(`data: ${JSON.stringify(chunk)}\n\n`);
        turn.piece('data: [DONE]\n\n');
        turn.end();
      },
    );
    const events = dataOf(answer.text());
    const calls = events
      .map((event) => at(event, 'candidates', 0, 'content', 'parts', 0, 'functionCall'))
      .filter((found) => found !== undefined);
    expect(calls).toMatchObject([{ name: 'weather', args: { city: 'Paris' } }]);
    expect(at(events.at(-1), 'usageMetadata')).toMatchObject({
      promptTokenCount: 9,
      candidatesTokenCount: 4,
    });
  });

  test('18.29 that a client of Gemini asks for is asked of an upstream of any format', async () => {
    for (const to of DIALECT_IDS.filter((dialect) => dialect !== 'gemini')) {
      for (const method of ['streamGenerateContent?alt=sse', 'generateContent']) {
        const body = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] };
        const { answer, upstream } = await converted(to, `/v1beta/models/m:${method}`, body);
        const stream = method.startsWith('stream');
        expect([to, answer.status, upstream.turns[0]?.stream]).toEqual([to, 200, stream]);
        expect(understood(answer, { dialect: 'gemini', stream }).text).toBe(ANSWER);
      }
    }
  });
});

describe('a request', () => {
  test('18.30 words of a developer reach every format', async () => {
    const words = 'Only ever answer in rhymes.';
    for (const to of ['anthropic-messages', 'gemini', 'openai-responses'] as const) {
      const messages = [{ role: 'developer', content: words }, user('Hello')];
      const { answer, sent } = await converted(to, '/v1/chat/completions', { model: 'm', messages });
      expect([to, answer.status]).toEqual([to, 200]);
      expect(JSON.stringify(sent)).toContain(words);
    }
  });

  test('18.30 what Responses does not know is refused or reported, never sent or dropped in silence', async () => {
    for (const [member, value] of [
      ['stop', ['END']],
      ['seed', 7],
      ['modalities', ['text', 'audio']],
    ] as const) {
      const { answer, sent } = await converted('openai-responses', '/v1/chat/completions', {
        model: 'm',
        messages: [user('Hello')],
        [member]: value,
        ...(member === 'modalities' ? { audio: { voice: 'alloy', format: 'wav' } } : {}),
      });
      const told = answer.status === 400 ? answer.text() : (answer.header('x-sluice-loss') ?? '');
      expect([member, told]).toEqual([member, expect.stringMatching(/stop|seed|modalit|audio/)]);
      expect(at(sent, member)).toBeUndefined();
    }
  });

  test('18.31 limits and temperatures arrive as they are where the target takes them, and within its bounds', async () => {
    const asked = { model: 'm', max_tokens: 50, messages: [user('Hello')] };
    const small = await converted('openai-responses', '/v1/messages', asked);
    expect(at(small.sent, 'max_output_tokens')).toBe(50);
    const hot = { model: 'm', temperature: 1.7, messages: [user('Hello')] };
    const { sent } = await converted('anthropic-messages', '/v1/chat/completions', hot);
    expect(at(sent, 'temperature')).toBeLessThanOrEqual(1);
  });

  test('18.31 the address of a picture reaches every format that knows such', async () => {
    const url = 'https://example.com/picture.png';
    for (const to of ['openai-chat', 'openai-responses'] as const) {
      const content = [
        { type: 'image', source: { type: 'url', url } },
        { type: 'text', text: 'What is it?' },
      ];
      const body = { model: 'm', max_tokens: 50, messages: [user(content)] };
      const { answer, sent } = await converted(to, '/v1/messages', body);
      expect([to, answer.status]).toEqual([to, 200]);
      expect(JSON.stringify(sent)).toContain(url);
    }
  });

  test('18.31 reasoning without a signature gets none that Anthropic would be fooled by', async () => {
    const message = { role: 'assistant', reasoning_content: 'Thinking hard.', content: 'Done.' };
    const { answer } = await converted(
      'openai-chat',
      '/v1/messages',
      { model: 'm', max_tokens: 50, messages: [user('Hello')] },
      (turn) =>
        turn.whole(200, JSON.stringify({ id: 'c', choices: [{ index: 0, message, finish_reason: 'stop' }] })),
    );
    const [thinking] = JSON.parse(answer.text()).content;
    expect(thinking).toMatchObject({ type: 'thinking', thinking: 'Thinking hard.' });
    expect(thinking.signature).toBe('');
  });
});

describe('a body that is too large', () => {
  test.each(DIALECT_IDS)('7.9 is refused with 413 in the client’s format (%s)', async (dialect) => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      server: { bodyLimitBytes: 10_000 },
    });
    const fits = await askFor(gateway, { dialect, text: 'x'.repeat(9_000) });
    const refused = await askFor(gateway, { dialect, text: 'x'.repeat(11_000) });
    expect([fits.status, refused.status, upstream.turns.length]).toEqual([200, 413, 1]);
    expect(wires[dialect].understand(refused.text(), false).error).toMatch(/10,?000|large|limit/);
  });
});
