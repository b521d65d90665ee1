import { describe, expect, test } from 'vitest';
import type { ExchangeView } from '../../../../../server/src/admin/contract.ts';
import { conversionOf } from '../parts/conversion.ts';
import { curlOf } from '../parts/send-bar.tsx';
import { type Bench, bench, bodyText, outgoingOf, withModel, withStream } from './bench.ts';
import { chatBody, continued, emptyForm, faultsOf, newTurn, SAMPLE_TOOLS } from './chat-form.ts';
import { takesPlayground } from './keep.ts';
import { broughtFrom } from './load.ts';
import { beginRun, tokensPerSecond } from './run.ts';
import { requestHeaders } from './send.ts';

const fresh: Bench = { ...bench.get(), model: 'm' };

describe('the chat as a form', () => {
  test('fields that are empty leave everything to the model', () => {
    const form = { ...emptyForm(), turns: [newTurn('user', 'Hi')], stream: false };
    expect(chatBody(form, 'm')).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
  });

  test('11.10 everything that is filled in is sent', () => {
    const picture = { name: 'a.png', url: 'data:image/png;base64,AA' };
    const form = {
      ...emptyForm(),
      system: 'Be brief.',
      turns: [{ ...newTurn('user', 'What is this?'), pictures: [picture] }],
      temperature: '0',
      maxTokens: '50',
      effort: 'low',
      tools: SAMPLE_TOOLS,
    } as const;
    expect(chatBody(form, 'm')).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: picture.url } },
          ],
        },
      ],
      temperature: 0,
      max_completion_tokens: 50,
      reasoning_effort: 'low',
      tools: [{ type: 'function' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('what cannot be sent is said and left out', () => {
    const form = { ...emptyForm(), temperature: 'warm', maxTokens: '1.5', tools: '{}' };
    expect(faultsOf(form)).toEqual({ temperature: true, maxTokens: true, tools: true });
    expect(Object.keys(chatBody(form, 'm'))).toEqual(['model', 'messages', 'stream', 'stream_options']);
  });

  test('a chat goes on with the answer, and with a message for the result of each call', () => {
    const begun = { ...emptyForm(), turns: [newTurn('user', 'Weather?')] };
    const call = { key: 'call 0', kind: 'tool', text: '{}', name: 'get_weather', id: 'call_1' } as const;
    const form = continued(begun, { blocks: [call], others: 0 });
    expect(chatBody(form, 'm')['messages']).toEqual([
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '' },
    ]);
    const text = { key: 'text', kind: 'text', text: 'Rain.' } as const;
    expect(continued(begun, { blocks: [text], others: 0 }).turns.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ]);
  });
});

describe('the bench', () => {
  test('the model and the stream stand in the body where the format wants them there', () => {
    const messages = withModel({ ...fresh, mode: 'anthropic-messages' }, 'other');
    expect(outgoingOf(messages)).toMatchObject({
      dialect: 'anthropic-messages',
      model: 'other',
      stream: true,
    });
    const edited = { ...messages, bodies: { 'anthropic-messages': '{ "model": "mine" }' } };
    expect(outgoingOf(edited)).toMatchObject({ model: 'mine', stream: false });
    expect(bodyText(withModel(edited, 'new'), 'anthropic-messages')).toBe('{ "model": "new" }');
    expect(outgoingOf(edited, 'second').text).toBe('{ "model": "second" }');
    expect(edited.bodies['anthropic-messages']).toBe('{ "model": "mine" }');
  });

  test('in Gemini they stand in the path, and the body stays as it is', () => {
    const gemini = withStream({ ...fresh, mode: 'gemini' }, false);
    expect(gemini.bodies).toEqual({});
    expect(outgoingOf(gemini, 'second')).toMatchObject({ model: 'second', stream: false });
  });

  test('a chat without a stream asks for no usage at its end', () => {
    const quiet = withStream({ ...fresh, mode: 'openai-chat' }, false);
    expect(JSON.parse(bodyText(quiet, 'openai-chat'))).toMatchObject({ stream: false });
    expect(bodyText(quiet, 'openai-chat')).not.toContain('stream_options');
    expect(bodyText(withStream(quiet, true), 'openai-chat')).toContain('include_usage');
  });

  test('headers that are written by hand take the place of the usual ones', () => {
    const written = [['anthropic-version', '2099-01-01']] as const;
    expect(requestHeaders('anthropic-messages', written, 'k')).toEqual([
      ['content-type', 'application/json'],
      ['x-api-key', 'k'],
      ['anthropic-version', '2099-01-01'],
    ]);
  });

  test('the command for the shell holds the request and a variable in place of the key', () => {
    const state: Bench = { ...fresh, mode: 'gemini', headers: 'x-sluice-lossy: allow', ownKey: 'secret' };
    const command = curlOf(state, 'http://127.0.0.1:9208');
    expect(command).toContain("'http://127.0.0.1:9208/v1beta/models/m:streamGenerateContent?alt=sse'");
    expect(command).toContain('x-goog-api-key: $SLUICE_KEY');
    expect(command).toContain("'x-sluice-lossy: allow'");
    expect(command).not.toContain('secret');
  });
});

describe('what is asked of the conversion', () => {
  test('a request is sent as it is written; nothing and too much are not asked', () => {
    const outgoing = outgoingOf({ ...fresh, mode: 'gemini' });
    expect(conversionOf({ converting: 'request', answer: '' }, outgoing)).toEqual({
      from: 'gemini',
      what: 'request',
      text: outgoing.text,
      stream: true,
      model: 'm',
    });
    expect(conversionOf({ converting: 'answer', answer: ' ' }, outgoing)).toBe('empty');
    expect(conversionOf({ converting: 'answer', answer: 'x'.repeat(2_000_000) }, outgoing)).toBe('long');
  });

  test('an answer is a stream where it looks like one, and ends as one', () => {
    const outgoing = outgoingOf(fresh);
    const asked = conversionOf({ converting: 'answer', answer: 'data: {}' }, outgoing);
    expect(asked).toMatchObject({ what: 'answer', stream: true, text: 'data: {}\n\n' });
    expect(conversionOf({ converting: 'answer', answer: '{}' }, outgoing)).toMatchObject({ stream: false });
  });
});

describe('what was sent before', () => {
  const row: ExchangeView = {
    id: 'req_1',
    receivedAtMs: 0,
    route: 'messages',
    use: 'generate',
    state: 'done',
    dialectIn: 'gemini',
    modelAsked: 'gemini-2.5-pro',
    tries: [],
  };
  const captured = (body: object, path: string): ExchangeView => ({
    ...row,
    detail: {
      atMs: 0,
      kind: 'capture',
      content: { request: { method: 'POST', path, query: '', headers: [], body } },
    },
  });

  test('11.10 a captured request comes back with its format, model, stream and body', () => {
    const body = { bytes: 15, encoding: 'utf8', text: '{"contents":[]}', cut: false };
    const [state, brought] = broughtFrom(
      fresh,
      captured(body, '/v1beta/models/tuned%2Fa:streamGenerateContent'),
    );
    expect(brought).toBe('whole');
    expect(outgoingOf(state)).toEqual({
      dialect: 'gemini',
      model: 'tuned/a',
      stream: true,
      text: '{\n  "contents": []\n}',
    });
    expect(broughtFrom(fresh, captured({ ...body, cut: true }, '/x'))[1]).toBe('cut');
  });

  test('one that was not captured brings its format and model alone, and one of another kind nothing', () => {
    const [state, brought] = broughtFrom(fresh, row);
    expect([brought, state.mode, state.model]).toEqual(['facts', 'gemini', 'gemini-2.5-pro']);
    expect(broughtFrom(fresh, { ...row, use: 'embed' })).toEqual([fresh, 'unknown']);
  });
});

test('a window that takes less than what the playground sends does not keep it', () => {
  const window = { open: true, maxBytes: 1, captured: 0, running: 0, recent: [], filter: {} };
  expect(takesPlayground(window, 1)).toBe(true);
  expect(takesPlayground({ ...window, filter: { client: 'playground' }, requestsLeft: 1 }, 2)).toBe(false);
  expect(takesPlayground({ ...window, filter: { client: 'alice' } }, 1)).toBe(false);
  expect(takesPlayground({ ...window, filter: { errorsOnly: true } }, 1)).toBe(false);
  expect(takesPlayground({ ...window, open: false }, 1)).toBe(false);
});

test('a rate is told of streams alone, and not of moments', () => {
  const run = { ...beginRun(1, outgoingOf(fresh), false), firstOutputMs: 500, endMs: 2_500 };
  const usage = { input: 1, cacheRead: 0, output: 100, reasoning: 40 };
  const shown = { blocks: [{ key: 'r', kind: 'reasoning', text: 'Hm.' }], others: 0 } as const;
  expect(tokensPerSecond({ ...run, reply: shown }, usage)).toBe(50);
  expect(tokensPerSecond(run, usage)).toBe(30);
  expect(tokensPerSecond(run, undefined)).toBeUndefined();
  expect(tokensPerSecond({ ...run, endMs: 501 }, usage)).toBeUndefined();
  expect(tokensPerSecond({ ...run, body: '{}' }, usage)).toBeUndefined();
});
