// Bad and strange bodies for an upstream of another format: what is wrong is refused with a 4xx in the client's format that
// names the member, and nothing is forwarded; what is only strange goes through without harm. Never a 5xx.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, type Received } from '../kit/client.ts';
import { changed, places, RICH } from '../kit/rich-requests.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

/** Each format asks another one, and is asked by another one. */
const ring = (step: number): [DialectId, DialectId][] =>
  DIALECT_IDS.map((from, index) => [from, DIALECT_IDS[(index + step) % DIALECT_IDS.length] ?? from]);
const PAIRS = [1, 2, 3].flatMap(ring);

const WRONG: readonly unknown[] = [null, true, 7, -1.5, '', 'text', [], [null], [[]], {}, { a: 1 }];

async function setUp(to: DialectId) {
  const upstream = await provider();
  const gateway = await gatewayWith({
    upstreams: [{ origin: upstream.origin, dialects: [to], lossy: 'allow' }],
  });
  const send = (from: DialectId, body: string | Buffer): Promise<Received> =>
    ask(gateway.port, { path: wires[from].request('m', false, '').path, body });
  return { upstream, gateway, send };
}

/** Whether an error has the shape of the format. */
function isShaped(from: DialectId, answer: Received): boolean {
  return wires[from].understand(answer.text(), false).error !== undefined;
}

describe.each(ring(1))('a client of %s of an upstream of %s', (from, to) => {
  it('is answered or refused, whatever stands in a place of its request', async () => {
    const { upstream, gateway, send } = await setUp(to);
    const rich = RICH[from];
    expect((await send(from, JSON.stringify(rich))).status).toBe(200);
    const bodies = places(rich).flatMap((path) => WRONG.map((value) => ({ path, value })));
    let refused = 0;
    for (let index = 0; index < bodies.length; index += 16) {
      const some = bodies.slice(index, index + 16);
      await Promise.all(
        some.map(async ({ path, value }) => {
          const body = JSON.stringify(changed(rich, path, value));
          const answer = await send(from, body);
          const name = `${path.join('.')} = ${JSON.stringify(value)}: ${answer.status} ${answer.text().slice(0, 300)}`;
          expect.soft([200, 400], name).toContain(answer.status);
          if (answer.status === 200) return;
          refused++;
          expect.soft(isShaped(from, answer), name).toBe(true);
          // The member at fault, or one above or below it.
          const said = answer.text();
          const step = path.find((part) => typeof part === 'string') ?? '';
          expect.soft(said, name).toContain(String(step));
        }),
      );
    }
    expect(refused).toBeGreaterThan(20);
    expect(upstream.turns.length).toBe(gateway.opened.length - refused);
    expect(gateway.logged.filter((line) => line.startsWith('["error"'))).toEqual([]);
  }, 60_000);
});

describe.each(PAIRS)('what a client of %s must not send (to %s)', (from, to) => {
  const text = JSON.stringify(RICH[from]);
  const open = text.slice(0, -1);
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const bad: Readonly<Record<string, string | Buffer>> = {
    nothing: '',
    'white space': ' \n',
    'a list': `[${text}]`,
    'a string': '"hello"',
    null: 'null',
    'half of it': text.slice(0, text.length / 2),
    'two of them': text + text,
    'a trailing comma': `${open},}`,
    'a comment': `${open}/* */}`,
    'single quotes': text.replaceAll('"', "'"),
    NaN: `${open},"x":NaN}`,
    'a leading zero': `${open},"x":01}`,
    'a raw line end in a string': `${open},"x":"a\nb"}`,
    'a bad escape': `${open},"x":"\\x41"}`,
    'bytes that are no UTF-8': Buffer.concat([
      Buffer.from(`${open},"x":"`),
      Buffer.of(0xff, 0xfe),
      Buffer.from('"}'),
    ]),
    'a byte order mark alone': Buffer.of(0xef, 0xbb, 0xbf),
    'nesting of 300 levels': `${open},"x":${deep(300)}}`,
    'nesting of 100000 levels': `${open},"x":${deep(100_000)}}`,
  };

  it('is refused in its own words, and nothing is forwarded', async () => {
    const { upstream, send } = await setUp(to);
    const wrong: unknown[] = [];
    for (const [name, body] of Object.entries(bad)) {
      const answer = await send(from, body);
      if (answer.status !== 400 || !isShaped(from, answer) || answer.tookMs > 1_000)
        wrong.push([name, answer.status, answer.text().slice(0, 200)]);
    }
    expect(wrong).toEqual([]);
    expect(upstream.turns).toEqual([]);
  });
});
