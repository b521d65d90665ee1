import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaptureRecord, ExchangeView } from '../../../../server/src/admin/contract.ts';
import { curlOfCapture, curlSkeleton, quoted } from './curl.ts';

function captured(request: Partial<CaptureRecord['request']>): CaptureRecord {
  return {
    format: 1,
    id: 'req_1',
    kind: 'capture',
    receivedAtMs: 0,
    route: 'messages',
    dialectIn: 'anthropic-messages',
    use: 'generate',
    request: { method: 'POST', path: '/v1/messages', query: '', headers: [], ...request },
    attempts: [],
    outcome: {
      status: 200,
      attempts: 1,
      streamed: false,
      aborted: false,
      endedAtMs: 1,
      bytesIn: 1,
      bytesOut: 1,
    },
  };
}

const body = (text: string) => ({ bytes: text.length, encoding: 'utf8', text, cut: false }) as const;

/** What a POSIX shell makes of a command: words between white space, with quotes; nothing else is used by ours. */
function shellWords(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < command.length; at += 1) {
    const sign = command[at] ?? '';
    if (sign === "'" || sign === '"') {
      const end = command.indexOf(sign, at + 1);
      word = (word ?? '') + command.slice(at + 1, end);
      at = end;
    } else if (sign === '\\') {
      at += 1;
      if (command[at] !== '\n') word = (word ?? '') + (command[at] ?? '');
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  return word === undefined ? words : [...words, word];
}

describe('A request as a command for curl', () => {
  test('has the method, the address, the headers that matter, and the key as a variable', () => {
    const record = captured({
      query: '?beta=true&key=[redacted]',
      headers: [
        ['Host', 'x'],
        ['X-Api-Key', '[redacted]'],
        ['Content-Type', 'application/json'],
        ['anthropic-beta', 'a'],
        ['x-odd', ''],
      ],
      body: body('{"a":"it\'s $HOME `id`"}'),
    });
    expect(curlOfCapture(record, 'http://127.0.0.1:9208')).toBe(
      [
        `curl -sS -N -g -X 'POST' 'http://127.0.0.1:9208/v1/messages?beta=true'`,
        `-H "x-api-key: $SLUICE_KEY"`,
        `-H 'Content-Type: application/json'`,
        `-H 'anthropic-beta: a'`,
        `-H 'x-odd;'`,
        `--data-raw '{"a":"it'\\''s $HOME \`id\`"}'`,
      ].join(' \\\n  '),
    );
  });

  test('says when only the beginning of the body was kept', () => {
    const record = captured({ body: { ...body('{"a"'), bytes: 999, cut: true } });
    expect(curlOfCapture(record, 'http://h')).toMatch(/^# Only .* 999 bytes\.\ncurl /);
  });

  test('pipes a body that is no text', () => {
    const record = captured({ body: { bytes: 2, encoding: 'base64', text: 'AAE=', cut: false } });
    expect(curlOfCapture(record, 'http://h')).toMatch(/^printf %s 'AAE=' \| base64 -d \| curl [\s\S]*@-$/);
    expect(curlOfCapture(captured({ body: body('a\0b') }), 'http://h')).toContain("'YQBi'");
  });

  test('without a capture is a skeleton in the format of the request', () => {
    const view: ExchangeView = {
      id: 'r',
      receivedAtMs: 0,
      route: 'x',
      use: 'generate',
      state: 'done',
      tries: [],
      dialectIn: 'gemini',
      modelAsked: "it's",
      streamed: true,
    };
    const command = curlSkeleton(view, 'http://h');
    expect(command).toContain("'http://h/v1beta/models/it'\\''s:streamGenerateContent?alt=sse'");
    expect(command).toContain('x-goog-api-key: $SLUICE_KEY');
    const words = shellWords(curlSkeleton({ ...view, dialectIn: 'openai-chat' }, 'http://h'));
    expect(JSON.parse(words.at(-1) ?? '')).toMatchObject({ model: "it's", stream: true });
  });

  test('is the same text again after a shell has read it, whatever was in it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '!', '@', ';', '#', 'a') }),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(shellWords(`x ${quoted(value)}`)).toEqual(['x', value]);
      }),
    );
    fc.assert(
      fc.property(
        text.filter((value) => !value.includes('\0')),
        text,
        (sent, header) => {
          const record = captured({ headers: [['x-one', header]], body: body(sent) });
          const words = shellWords(curlOfCapture(record, 'http://h'));
          expect(words.at(-1)).toBe(sent);
          expect(words.at(-2)).toBe('--data-raw');
          expect(words.filter((word) => word === '-H')).toHaveLength(header.includes('[redacted]') ? 1 : 2);
        },
      ),
    );
  });
});
