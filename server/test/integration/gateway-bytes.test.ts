// Same format in and out: what the client writes reaches the provider byte for byte and what the provider answers reaches
// the client byte for byte, but for the listed exceptions.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

/** JSON texts that a parser and writer would not give back as they were. */
const blank = fc.constantFrom('', '', ' ', '\n', '\t ', '\r\n  ');
const numbers = fc.constantFrom(
  '0',
  '-0',
  '1e5',
  '1.0',
  '12345678901234567890',
  '0.1000000000000000055',
  '1E+2',
  '-1.50e-10',
);
const strings = fc
  .array(
    fc.constantFrom(
      'a',
      'Z',
      ' ',
      '\\n',
      '\\u00e9',
      'é',
      '\\ud83d\\ude00',
      '😀',
      '\\/',
      '\\"',
      '{',
      ']',
      ',',
      ':',
    ),
  )
  .map((parts) => `"${parts.join('')}"`);
const { value: jsonText } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    numbers,
    strings,
    fc.constantFrom('true', 'false', 'null'),
    tie('list'),
    tie('object'),
  ),
  list: fc
    .tuple(fc.array(tie('value'), { maxLength: 3 }), blank)
    .map(([items, space]) => `[${space}${items.join(`${space},`)}]`),
  object: fc
    .tuple(fc.array(fc.tuple(fc.nat(99), tie('value')), { maxLength: 3 }), blank)
    .map(
      ([members, space]) =>
        `{${members.map(([n, value], i) => `${space}"u${i}_${n}"${space}:${value}`).join(',')}}`,
    ),
}));
const unknownMembers = fc
  .array(jsonText, { maxLength: 4 })
  .map((values) => values.map((value, i) => `"unknown_${i}": ${value}`));

/** The members that a request must have, as texts. */
function needed(dialect: DialectId, stream: boolean): string[] {
  const model = `"model":"gpt\\u002d4"`;
  switch (dialect) {
    case 'openai-chat':
      return [model, `"stream" : ${stream}`, '"messages":[]', '"stream_options":{"include_usage":true}'];
    case 'openai-responses':
      return [model, `"stream":${stream}`, '"input" : "hi"'];
    case 'anthropic-messages':
      return [model, `"stream":${stream}`, '"max_tokens":9', '"messages":[]'];
    case 'gemini':
      return ['"contents":[]'];
  }
}

const pathOf = (dialect: DialectId, stream: boolean): string =>
  dialect === 'gemini'
    ? `/v1beta/models/gpt-4:${stream ? 'streamGenerateContent' : 'generateContent'}`
    : wires[dialect].request('m', stream, '').path;

const bodies = (dialect: DialectId, stream: boolean): fc.Arbitrary<string> =>
  fc.tuple(unknownMembers, blank, fc.nat(3)).map(([unknown, space, turn]) => {
    const members = [...needed(dialect, stream), ...unknown];
    return `${space}{${space}${[...members.slice(turn), ...members.slice(0, turn)].join(`${space},`)}${space}}${space}`;
  });

const headerText = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const clientHeaders = fc
  .tuple(headerText, headerText)
  .map(([a, b]) => [
    'Anthropic-Beta',
    'one-2025-01-01,two',
    'X-Unknown-Thing',
    a,
    'x-stainless-lang',
    'js',
    'User-Agent',
    b,
    'OpenAI-Organization',
    'org-1',
  ]);
const queries = fc.constantFrom('', '?beta=true', '?beta=true&api-version=2024-10-21', '?x=%2Fa+b&y');

/** A stream cut anywhere, with comments, another line end, and events that nobody knows. */
const streams = (dialect: DialectId): fc.Arbitrary<Buffer[]> =>
  fc
    .record({
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      extra: fc.constantFrom(
        '',
        ': comment\n\n',
        'event: ping\ndata: {"type": "ping"}\n\n',
        'id: 7\nretry: 10\n\n',
      ),
      place: fc.nat(3),
      cuts: fc.array(fc.nat(3000), { maxLength: 12 }),
    })
    .map(({ lineEnd, extra, place, cuts }) => {
      const events = wires[dialect].events('gpt-4', ANSWER).map((event) => event.replace(/\r\n/g, '\n'));
      events.splice(place, 0, extra);
      const bytes = Buffer.from(events.join('').replaceAll('\n', lineEnd));
      const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort(
        (a, b) => a - b,
      );
      return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
    });

const jsonAnswers = (dialect: DialectId): fc.Arbitrary<Buffer[]> =>
  fc.tuple(unknownMembers, blank).map(([unknown, space]) => {
    const json = wires[dialect].json('gpt-4', ANSWER);
    return [
      Buffer.from(space + json.slice(0, -1)),
      Buffer.from([`,"extra":1.0`, ...unknown].join(',') + space),
      Buffer.from(`}${space}`),
    ];
  });

/** Headers in pairs, names in lower case. */
const pairs = (headers: readonly string[]): [string, string][] =>
  headers.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), headers[i + 1] ?? ''] as [string, string]] : [],
  );

const ANSWER_HEADERS = {
  'X-RateLimit-Remaining-Requests': '59',
  'anthropic-ratelimit-tokens-reset': '2030-01-01T00:00:00Z',
  'Request-Id': 'req_011',
  'openai-processing-ms': '12',
  'retry-after': '1',
  'CF-Ray': '8f-AMS',
};
const DROPPED_HEADERS = {
  'Set-Cookie': '__cf_bm=1',
  'Access-Control-Allow-Origin': '*',
  'X-Hop': 'secret of this hop',
  Connection: 'keep-alive, X-Hop',
  'Keep-Alive': 'timeout=5',
  Server: 'nginx',
  'Strict-Transport-Security': 'max-age=1',
  'x-sluice-upstream': 'forged',
};

describe.each(DIALECT_IDS)('%s', (dialect) => {
  it.each([false, true])('goes through unchanged in both directions (stream: %s)', async (stream) => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answers = stream ? streams(dialect) : jsonAnswers(dialect);
    await fc.assert(
      fc.asyncProperty(
        bodies(dialect, stream),
        clientHeaders,
        queries,
        answers,
        async (body, headers, query, chunks) => {
          const sse =
            dialect === 'gemini' && stream ? (query === '' ? '?alt=sse' : `${query}&alt=sse`) : query;
          upstream.turns.length = 0;
          upstream.script = (turn) => {
            turn.head(200, {
              'Content-Type': stream ? 'text/event-stream' : 'application/json; charset=utf-8',
              ...ANSWER_HEADERS,
              ...DROPPED_HEADERS,
            });
            for (const chunk of chunks) if (chunk.length > 0) turn.piece(chunk);
            turn.end();
          };
          const path = pathOf(dialect, stream);
          const sent = ['Content-Type', 'application/json', ...headers];
          const answer = await ask(gateway.port, {
            path: path + sse,
            body,
            headers: [...sent, 'Authorization', 'Bearer whatever'],
          });

          const seen = upstream.turns[0]?.request;
          expect(seen?.body.toString()).toBe(body);
          expect(seen?.target).toBe(path + sse);
          expect(seen?.method).toBe('POST');
          const expected = pairs(sent);
          expect(
            pairs(seen?.headers ?? []).filter(([name]) => expected.some(([other]) => other === name)),
          ).toEqual(expected);
          expect(seen?.headers).toContain('X-Unknown-Thing');
          expect(seen?.header('host')).toBe(`127.0.0.1:${upstream.port}`);

          expect(answer.status).toBe(200);
          expect(answer.end).toBe('clean');
          expect(answer.body.equals(Buffer.concat(chunks))).toBe(true);
          const got = pairs(answer.rawHeaders);
          for (const [name, value] of pairs(Object.entries(ANSWER_HEADERS).flat()))
            expect(got).toContainEqual([name, value]);
          for (const [name, value] of Object.entries(DROPPED_HEADERS))
            expect(got).not.toContainEqual([name.toLowerCase(), value]);
          expect(got.filter(([name]) => name === 'x-sluice-upstream')).toEqual([
            ['x-sluice-upstream', 'one'],
          ]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('other uses', () => {
  it.each([
    [
      '/v1/embeddings',
      '{"model":"m","input":"x"}',
      '{"object":"list","data":[{"embedding":[0.1000000000000000055]}],"usage":{"prompt_tokens":3,"total_tokens":3}}',
    ],
    ['/v1/messages/count_tokens?beta=true', '{"model":"m","messages":[]}', '{"input_tokens": 14}'],
    ['/v1beta/models/m:countTokens', '{"contents":[]}', '{"totalTokens": 14}'],
    ['/v1/moderations', '{"input":"x"}', '{"id":"modr-1","results":[{"flagged":false}]}'],
  ])('%s goes through unchanged', async (path, body, answered) => {
    const upstream = await provider((turn) => turn.whole(200, answered));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answer = await ask(gateway.port, { path, body });
    expect([answer.status, answer.text()]).toEqual([200, answered]);
    expect([upstream.turns[0]?.request.target, upstream.turns[0]?.request.body.toString()]).toEqual([
      path,
      body,
    ]);
  });
});
