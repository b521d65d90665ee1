import { describe, expect, test } from 'vitest';
import { FakeReply } from '../../../test/kit/fake-ports.ts';
import type { Usage } from '../../core/model/usage.ts';
import type { UnifiedFacts } from './answer.ts';
import { UnifiedReply } from './reply.ts';

const usage: Usage = {
  input: { uncached: 4, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 2, cacheWriteOther: 1, audio: 0 },
  output: { text: 5, reasoning: 6, audio: 0 },
  clamped: false,
};
const facts: UnifiedFacts = { provider: 'main', usage, latencyMs: 12.4 };
const accounts = {
  usage: { prompt_tokens: 10, completion_tokens: 11, total_tokens: 21 },
  cost: {
    total_tokens: 21,
    input_tokens: 10,
    output_tokens: 11,
    estimated_cost_usd: null,
    input_cost_usd: null,
    output_cost_usd: null,
  },
  latency_ms: 12,
};

function replyTo(stream: boolean): { readonly outer: FakeReply; readonly reply: UnifiedReply } {
  const outer = new FakeReply();
  const reply = new UnifiedReply(outer);
  reply.stream = stream;
  return { outer, reply };
}

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (value: object, index = 0): string => event({ choices: [{ index, delta: value }] });
const chunk = (value: object): string => `event: chunk\ndata: ${JSON.stringify(value)}\n\n`;
const done = `event: done\ndata: ${JSON.stringify(accounts)}\n\n`;

describe('a whole unified answer', () => {
  const answered = (message: object): unknown => {
    const { outer, reply } = replyTo(false);
    const body = JSON.stringify({ choices: [{ index: 0, message }] });
    reply.head(200, ['content-type', 'application/json', 'x-sluice-upstream', 'main', 'content-length', '7']);
    reply.end(body);
    expect(outer.ended).toBe(false);
    reply.finish(facts);
    expect(outer.headers).toEqual([
      ...['x-sluice-upstream', 'main', 'content-type', 'application/json; charset=utf-8'],
      ...['content-length', String(Buffer.byteLength(outer.text()))],
    ]);
    return JSON.parse(outer.text());
  };

  test('has provider, message, usage, cost and latency, and leaves when the usage is known', () => {
    const message = { role: 'assistant', content: 'Grüße', annotations: [] };
    expect(answered(message)).toEqual({
      provider: 'main',
      message: { role: 'assistant', content: 'Grüße' },
      ...accounts,
    });
  });

  test('has the calls of tools and the refusal that a message may be instead', () => {
    const calls = [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }];
    expect(answered({ content: null, tool_calls: calls })).toMatchObject({
      message: { role: 'assistant', content: '', tool_calls: calls },
    });
    expect(answered({ content: null, refusal: 'No.' })).toMatchObject({
      message: { content: '', refusal: 'No.' },
    });
  });

  test('has the text of content in parts', () => {
    const content = [{ type: 'thinking' }, { type: 'text', text: 'One' }, { type: 'text', text: ' two' }];
    expect(answered({ content })).toMatchObject({ message: { content: 'One two' } });
  });

  test('has null for tokens that nobody told', () => {
    const { outer, reply } = replyTo(false);
    reply.head(200, []);
    reply.end('{"choices":[{"message":{"content":"x"}}]}');
    reply.finish({ ...facts, usage: undefined });
    expect(JSON.parse(outer.text())).toMatchObject({
      usage: { prompt_tokens: null, completion_tokens: null, total_tokens: null },
      cost: { total_tokens: null },
    });
  });
});

describe('a unified stream', () => {
  const told = (...pieces: readonly string[]): FakeReply => {
    const { outer, reply } = replyTo(true);
    reply.head(200, ['Content-Type', 'text/plain', 'Cache-Control', 'private', 'x-request-id', 'r']);
    for (const piece of pieces) reply.write(piece);
    reply.end();
    reply.finish(facts);
    return outer;
  };
  const withoutComments = (reply: FakeReply): string => reply.text().replaceAll(': ping\n\n', '');

  test('has an event for each piece of text, and one with usage, cost and latency at its end', () => {
    const reply = told(
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hel' }) + delta({ content: 'lo' }),
      event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
      event({ choices: [], usage: { prompt_tokens: 99 } }),
      'data: [DONE]\n\n',
    );
    expect(withoutComments(reply)).toBe(
      chunk({ content: 'Hel', role: 'assistant' }) + chunk({ content: 'lo', role: 'assistant' }) + done,
    );
    expect(reply.headers).toEqual([
      ...['x-request-id', 'r', 'content-type', 'text/event-stream; charset=utf-8'],
      ...['cache-control', 'no-cache', 'x-accel-buffering', 'no'],
    ]);
  });

  test('is the same however its bytes are cut', () => {
    const whole = `${delta({ content: 'größer' })}${delta({ content: '!' })}data: [DONE]\n\n`;
    const bytes = Buffer.from(whole);
    const { outer, reply } = replyTo(true);
    reply.head(200, []);
    for (let at = 0; at < bytes.length; at++) reply.write(bytes.subarray(at, at + 1));
    reply.end();
    reply.finish(facts);
    expect(withoutComments(outer)).toBe(withoutComments(told(whole)));
  });

  test('keeps the client waiting with comments while nothing comes that it could show', () => {
    expect(told(': ping\n\n', delta({ reasoning_content: 'hm' })).text()).toMatch(
      /^(?:: ping\n\n){2}event: error/,
    );
  });

  test('carries the calls of tools', () => {
    const calls = [{ index: 0, id: 'c', function: { name: 'look', arguments: '' } }];
    expect(told(delta({ tool_calls: calls })).text()).toContain(
      chunk({ content: '', role: 'assistant', tool_calls: calls }),
    );
  });

  test('has the first of several answers alone', () => {
    const text = withoutComments(
      told(delta({ content: 'b' }, 1), delta({ content: 'a' }), 'data: [DONE]\n\n'),
    );
    expect(text).toBe(chunk({ content: 'a', role: 'assistant' }) + done);
  });

  test.each([
    ['an error', event({ error: { message: 'Too busy.', type: 'server_error', code: 'x' } })],
    ['an error beside a choice', event({ error: { message: 'Too busy.' }, choices: [{ delta: {} }] })],
  ])('ends with %s, and says nothing after it', (_, failure) => {
    const text = told(delta({ content: 'a' }), failure, 'data: [DONE]\n\n', delta({ content: 'b' }));
    expect(withoutComments(text)).toMatch(
      /^event: chunk\ndata: .*\n\nevent: error\ndata: \{"error":"Too busy\.".*\}\n\n$/,
    );
  });

  test('never ends well when it did not', () => {
    const text = withoutComments(told(delta({ content: 'a' })));
    expect(text).toMatch(/event: error\ndata: \{"error":"The answer ended before it was complete\."\}\n\n$/);
    expect(text).not.toContain('event: done');
  });

  test('holds back when the client does, and goes on when it reads again', () => {
    const { outer, reply } = replyTo(true);
    let drained = 0;
    reply.onDrain(() => void drained++);
    reply.head(200, []);
    outer.full = true;
    expect(reply.write(delta({ content: 'a' }))).toBe(false);
    outer.drain();
    expect([drained, reply.write(delta({ content: 'b' }))]).toEqual([1, true]);
  });

  test('tells that the client has left, until it is over', () => {
    for (const over of [false, true]) {
      const { outer, reply } = replyTo(true);
      let gone = 0;
      reply.onGone(() => void gone++);
      reply.head(200, []);
      if (over) reply.end('data: [DONE]\n\n');
      outer.leave();
      expect([gone, reply.closed]).toEqual([over ? 0 : 1, true]);
      reply.finish(facts);
      expect(outer.text()).not.toContain('event: done');
    }
  });
});

describe('a unified error', () => {
  const refused = (stream: boolean, body: string): unknown => {
    const { outer, reply } = replyTo(stream);
    reply.head(429, ['content-type', 'text/html', 'retry-after', '3']);
    reply.end(body);
    reply.finish(facts);
    expect([outer.status, outer.headers.slice(0, 2)]).toEqual([429, ['retry-after', '3']]);
    return JSON.parse(outer.text());
  };

  test.each([false, true])('is flat, with the status and the words it came with (stream: %s)', (stream) => {
    const error = { message: 'Slow down.', type: 'rate_limit_exceeded', code: 'upstream_error', param: null };
    expect(refused(stream, JSON.stringify({ error }))).toEqual({
      error: 'Slow down.',
      type: 'rate_limit_exceeded',
      code: 'upstream_error',
    });
  });

  test('has the words of any vendor, and of none', () => {
    expect(refused(false, '{"detail":"Nope"}')).toEqual({ error: 'Nope' });
    expect(refused(false, '<html>')).toEqual({ error: '<html>' });
    expect(refused(false, '')).toEqual({ error: 'The request failed.' });
  });
});
