// The handshake of a WebSocket as it goes on: nothing lost but credentials, and no credential kept.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHandshake, wantsWebSocket } from './websocket.ts';

const asks = (upgrade: string | undefined): boolean =>
  wantsWebSocket({ headers: upgrade === undefined ? {} : { upgrade } });

describe('a wish for a WebSocket', () => {
  it.each(['websocket', 'WebSocket', 'h2c, websocket', 'websocket , x'])('is seen in "%s"', (upgrade) => {
    expect(asks(upgrade)).toBe(true);
  });

  it.each([undefined, 'h2c', 'xwebsocket', 'websocket/13'])('is not seen in "%s"', (upgrade) => {
    expect(asks(upgrade)).toBe(false);
  });
});

describe('the headers of a handshake', () => {
  it('go on as they stood; all others are left to the rules of every request', () => {
    const raw = [
      'Host',
      'x',
      'Sec-WebSocket-Key',
      'k',
      'sec-websocket-VERSION',
      '13',
      'Upgrade',
      'websocket',
    ];
    expect(readHandshake(raw)).toEqual({
      headers: ['Sec-WebSocket-Key', 'k', 'sec-websocket-VERSION', '13'],
      credentials: [],
    });
  });

  it('lose every credential among the subprotocols, and nothing else, in any spelling and order', () => {
    const token = fc.stringMatching(/^[a-z0-9._-]{1,12}$/);
    const key = fc.tuple(
      fc.constantFrom('openai-insecure-api-key.', 'OpenAI-Insecure-API-Key.'),
      fc.stringMatching(/^[A-Za-z0-9_-]{0,12}$/),
    );
    const item = fc.oneof(
      token.map((name) => ({ text: name, key: undefined })),
      key.map(([prefix, secret]) => ({ text: prefix + secret, key: secret })),
    );
    const glue = fc.constantFrom(',', ', ', ' ,\t', ',,');
    fc.assert(
      fc.property(fc.array(fc.array(item, { maxLength: 5 }), { maxLength: 3 }), glue, (lines, between) => {
        const raw = lines.flatMap((line) => [
          'Sec-WebSocket-Protocol',
          line.map(({ text }) => text).join(between),
        ]);
        const { headers, credentials } = readHandshake(raw);
        const kept = headers.filter((_, at) => at % 2 === 1).flatMap((value) => value.split(', '));
        const items = lines.flat();
        expect(kept).toEqual(items.filter(({ key }) => key === undefined).map(({ text }) => text));
        expect(credentials).toEqual(items.flatMap(({ key }) => (key === undefined ? [] : [key])));
      }),
    );
  });
});
