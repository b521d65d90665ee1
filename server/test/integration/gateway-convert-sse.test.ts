// Server-sent events of an upstream of another format are read as the specification has it, however they are written and
// cut: the client gets the same text.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type Turn } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const PAIRS = DIALECT_IDS.flatMap((from) =>
  DIALECT_IDS.filter((to) => to !== from).map((to): [DialectId, DialectId] => [from, to]),
);

type Writing = (events: readonly string[]) => readonly (string | Buffer)[];

/** Data on several lines: JSON may have white space between its members. */
const spread = (event: string): string =>
  event.replace(/^data: (\{.*)$/m, (_, json: string) =>
    JSON.stringify(JSON.parse(json), null, 1)
      .split('\n')
      .map((line) => `data: ${line}`)
      .join('\n'),
  );
const ended =
  (lineEnd: string): Writing =>
  (events) => [events.join('').replaceAll('\n', lineEnd)];
const between =
  (extra: string): Writing =>
  (events) =>
    events.flatMap((event) => [extra, event]);

const WRITINGS: Readonly<Record<string, Writing>> = {
  LF: (events) => events,
  CR: ended('\r'),
  CRLF: ended('\r\n'),
  'CRLF cut in the middle': (events) =>
    events
      .join('')
      .replaceAll('\n', '\r\n')
      .split(/(?<=\r)(?=\n)/),
  'mixed line ends': (events) =>
    events.map((event, index) => event.replaceAll('\n', ['\n', '\r\n', '\r'][index % 3] ?? '\n')),
  'a byte order mark': (events) => [`\ufeff${events.join('')}`],
  'no space after the colon': (events) => events.map((event) => event.replaceAll(/^(data|event): /gm, '$1:')),
  'data on several lines': (events) => events.map(spread),
  comments: between(': hello\n\n:\n'),
  'ids and retries': between('id: 7\nretry: 10\n\n'),
  'events without data': between('event: ping\n\n'),
  'unknown fields': (events) => events.map((event) => `other: field\n${event}`),
  'every byte by itself': (events) => [...Buffer.from(events.join(''))].map((byte) => Buffer.of(byte)),
  'one write': (events) => [events.join('')],
  'no last blank line': (events) => [events.join('').trimEnd()],
};

const names = Object.keys(WRITINGS);

function write(turn: Turn): void {
  const events = wires[turn.dialect]
    .events(turn.model, turn.text)
    .map((event) => event.replaceAll('\r\n', '\n'));
  turn.head(200, { 'Content-Type': 'text/event-stream' });
  for (const piece of WRITINGS[names[Number(turn.model)] ?? '']?.(events) ?? []) turn.piece(piece);
  turn.end();
}

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  it('gets the same text of every way to write events', async () => {
    const one = await provider(write);
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: [to] }] });
    const always = await gatewayWith({
      upstreams: [{ origin: one.origin, dialects: [to], streaming: 'always' }],
    });
    const seen = await Promise.all(
      names.map(async (name, index) => {
        const streamed = await ask(gateway.port, wires[from].request(String(index), true, 'Hello'));
        const folded = await ask(always.port, wires[from].request(String(index), false, 'Hello'));
        return [
          name,
          wires[from].understand(streamed.text(), true),
          wires[from].understand(folded.text(), false),
        ];
      }),
    );
    const whole = { text: ANSWER, complete: true, error: undefined };
    expect(seen).toEqual(names.map((name) => [name, whole, whole]));
  });
});
