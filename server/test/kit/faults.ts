// The ways in which a provider fails, by name, and what a client of the gateway may see when there is nobody else to ask.

import { gzipSync } from 'node:zlib';
import { afterReading } from './after-reading.ts';
import type { Behaviour, Turn } from './fault-upstream.ts';
import { wires } from './wire.ts';

/**
 * `error`: a status with an error body. `in-band`: an error event after output. `whole`: a complete answer. A fault may
 * allow several.
 */
export type Ending = 'error' | 'in-band' | 'whole';

/** A named fault. */
export interface Fault {
  readonly behave: Behaviour;
  /** Which answers it applies to. */
  readonly to: 'both' | 'json' | 'stream';
  readonly json: readonly Ending[];
  readonly stream: readonly Ending[];
  /** True when a second candidate must be able to take over without the client noticing. */
  readonly recoverable: boolean;
}

const fault = (behave: Behaviour, endings: Partial<Fault> = {}): Fault => ({
  behave,
  to: 'both',
  json: ['error'],
  stream: ['error'],
  recoverable: true,
  ...endings,
});

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  fault((turn) => turn.whole(code, wires[turn.dialect].error(code, `no luck with ${code}`), headers));

const eventsOf = (turn: Turn): string[] => wires[turn.dialect].events(turn.model, turn.text);
const jsonOf = (turn: Turn): string => wires[turn.dialect].json(turn.model, turn.text);
const SSE = { 'Content-Type': 'text/event-stream' };

/** Begins a healthy answer: events up to and including the first output, or half of the JSON. */
function begin(turn: Turn, outputs = 1): void {
  if (turn.stream) {
    turn.head(200, SSE);
    for (const event of eventsOf(turn).slice(0, wires[turn.dialect].prelude + outputs)) turn.piece(event);
    return;
  }
  const json = Buffer.from(jsonOf(turn));
  turn.head(200, { 'Content-Type': 'application/json', 'Content-Length': String(json.length) });
  turn.piece(json.subarray(0, json.length / 2));
}

/** Waits until what was sent is on its way, then acts: a reset would overtake it. */
function soon(action: () => void): void {
  afterReading(30, action);
}

const whole = { json: ['whole'], stream: ['whole'], recoverable: false } as const;
const afterOutput = { json: ['error'], stream: ['in-band'], recoverable: false } as const;
const streamOnly = { to: 'stream' } as const;
const jsonOnly = { to: 'json' } as const;

/** A stream whose events were changed. */
const restreamed = (change: (events: string[], turn: Turn) => readonly (string | Buffer)[]): Behaviour => {
  return (turn) => {
    turn.head(200, SSE);
    for (const piece of change(eventsOf(turn), turn)) turn.piece(piece);
    turn.end();
  };
};

/** All of them. */
export const faults: Readonly<Record<string, Fault>> = {
  'status-400': { ...status(400), recoverable: false },
  'status-401': status(401),
  'status-403': status(403),
  'status-404': status(404),
  'status-408': status(408),
  'status-413': { ...status(413), recoverable: false },
  'status-422': { ...status(422), recoverable: false },
  'status-429': status(429, { 'Retry-After': '1' }),
  'status-500': status(500),
  'status-503': status(503),
  'status-529': status(529),
  'html-502': fault((turn) => turn.whole(502, '<html>Bad gateway</html>', { 'Content-Type': 'text/html' })),
  'redirect-307': fault((turn) => turn.whole(307, '', { Location: 'http://127.0.0.1:1/elsewhere' })),
  'html-200': fault((turn) => turn.whole(200, '<html>Welcome</html>', { 'Content-Type': 'text/html' })),
  'empty-200': fault((turn) => turn.whole(200, '')),
  'error-in-200': fault((turn) => turn.whole(200, wires[turn.dialect].error(500, 'an error in disguise'))),
  'null-200': fault((turn) => turn.whole(200, 'null'), jsonOnly),
  'list-200': fault((turn) => turn.whole(200, '[]')),
  'reset-before-head': fault((turn) => void turn.socket.resetAndDestroy()),
  'close-before-head': fault((turn) => void turn.socket.end()),
  'no-http': fault((turn) => void turn.socket.end('SSH-2.0-OpenSSH_9.0\r\n')),
  'stall-before-head': fault(() => {}),
  'cut-json': fault((turn) => {
    begin(turn);
    soon(() => turn.socket.end());
  }, jsonOnly),
  'short-json': fault((turn) => turn.whole(200, jsonOf(turn).slice(0, -9)), jsonOnly),
  'stall-json': fault((turn) => begin(turn), jsonOnly),
  'bogus-gzip': fault((turn) => turn.whole(200, jsonOf(turn), { 'Content-Encoding': 'gzip' }), jsonOnly),
  'bad-chunk-size': fault((turn) => {
    turn.head(200, { 'Content-Type': 'application/json' });
    turn.socket.write('zz\r\nhello');
  }),
  'json-for-stream': fault((turn) => turn.whole(200, jsonOf(turn)), streamOnly),
  'empty-stream': fault(
    restreamed(() => []),
    streamOnly,
  ),
  'stall-after-head': fault((turn) => turn.head(200, SSE), streamOnly),
  'error-first': fault(
    restreamed((_, turn) => [wires[turn.dialect].errorEvent('overloaded at once')]),
    streamOnly,
  ),
  'error-after-prelude': fault(
    restreamed((events, turn) => [
      ...events.slice(0, wires[turn.dialect].prelude),
      wires[turn.dialect].errorEvent('overloaded after the prelude'),
    ]),
    streamOnly,
  ),
  'prelude-only': fault(
    restreamed((events, turn) => events.slice(0, wires[turn.dialect].prelude)),
    streamOnly,
  ),
  'not-json-stream': fault(
    restreamed(() => ['data: surprise\n\n']),
    streamOnly,
  ),
  'reset-mid': fault((turn) => {
    begin(turn);
    soon(() => turn.socket.resetAndDestroy());
  }, afterOutput),
  'close-mid': fault((turn) => {
    begin(turn);
    soon(() => turn.socket.end());
  }, afterOutput),
  'end-mid': fault(
    restreamed((events, turn) => events.slice(0, wires[turn.dialect].prelude + 1)),
    {
      ...streamOnly,
      ...afterOutput,
    },
  ),
  'torn-event': fault(
    restreamed((events, turn) => [
      ...events.slice(0, wires[turn.dialect].prelude + 1),
      (events[wires[turn.dialect].prelude + 1] ?? '').slice(0, 20),
    ]),
    { ...streamOnly, ...afterOutput },
  ),
  'stall-mid': fault((turn) => begin(turn), { ...streamOnly, ...afterOutput }),
  'comments-mid': fault(
    (turn) => {
      begin(turn);
      const timer = setInterval(() => turn.piece(': still thinking\n\n'), 40);
      turn.socket.on('close', () => clearInterval(timer));
    },
    { ...streamOnly, ...afterOutput },
  ),
  'error-mid': fault(
    restreamed((events, turn) => [
      ...events.slice(0, wires[turn.dialect].prelude + 1),
      wires[turn.dialect].errorEvent('overloaded in the middle'),
    ]),
    // Output and error may arrive in one read: then nothing was sent yet, and a status says it better.
    { ...streamOnly, ...afterOutput, stream: ['in-band', 'error'] },
  ),
  healthy: fault((turn) => turn.healthy(), whole),
  gzip: fault((turn) => {
    const body = turn.stream ? eventsOf(turn).join('') : jsonOf(turn);
    turn.whole(200, gzipSync(body), { 'Content-Encoding': 'gzip' });
  }, whole),
  'until-close': fault((turn) => {
    const body = turn.stream ? eventsOf(turn).join('') : jsonOf(turn);
    turn.socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${body}`);
  }, whole),
  'interim-answers': fault((turn) => {
    for (let i = 0; i < 5; i++) turn.socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
    turn.healthy();
  }, whole),
  'byte-by-byte': fault((turn) => {
    turn.head(200, turn.stream ? SSE : { 'Content-Type': 'application/json' });
    for (const byte of Buffer.from(turn.stream ? eventsOf(turn).join('') : jsonOf(turn)))
      turn.piece(Buffer.of(byte));
    turn.end();
  }, whole),
  'line-ends-cr': fault(
    restreamed((events) => events.map((event) => event.replace(/\r?\n/g, '\r'))),
    { ...streamOnly, ...whole },
  ),
  'no-last-blank': fault(
    restreamed((events) => [events.join('').trimEnd()]),
    { ...streamOnly, ...whole },
  ),
  'stall-after-end': fault(
    (turn) => {
      turn.head(200, SSE);
      for (const event of eventsOf(turn)) turn.piece(event);
    },
    { ...streamOnly, ...whole },
  ),
  'reset-after-end': fault(
    (turn) => {
      turn.head(200, SSE);
      for (const event of eventsOf(turn)) turn.piece(event);
      soon(() => turn.socket.resetAndDestroy());
    },
    { ...streamOnly, ...whole },
  ),
};
