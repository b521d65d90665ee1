// The rows of the fault matrix: where in an answer a provider fails and how, for streams and for whole answers, and what
// is to be said of it afterwards.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Reason } from '../../src/core/routing/verdict.ts';
import { afterReading } from './after-reading.ts';
import { type Content, type MadeAnswer, madeAnswer } from './answer-streams.ts';
import type { Turn } from './fault-upstream.ts';
import { wires } from './wire.ts';

/** What the failing provider says, as far as it gets. */
const BROKEN = 'lead lead lead lead lead lead';
/** What the healthy one says; no part of it occurs elsewhere. */
export const HEALTHY = 'gold gold gold gold gold gold';
export const HEALTHY_WORD = 'gold';

/** The same for all formats, or one for each format of upstreams. */
type ByFormat<T> = T | Readonly<Record<DialectId, T>>;

/** One way to fail. */
export interface FaultCell {
  /** `heard` resolves when the client has the beginning of the answer. */
  readonly behave: (turn: Turn, heard: Promise<unknown>) => void;
  /** The client has output by then: nobody can take over. */
  readonly afterOutput: boolean;
  /** What the ledger says of the attempt; of a cut stream only its error code is told. */
  readonly reason: ByFormat<Reason>;
  /** What a client is told when there is nobody else. */
  readonly status: ByFormat<number>;
}

/** One row: a fault that streams and whole answers may both have. */
export interface FaultRow {
  readonly name: string;
  readonly stream?: FaultCell;
  readonly json?: FaultCell;
  /** The provider goes silent: its times have to be short. */
  readonly silent: boolean;
  /** Of a client's own format the bytes go through as they are, and it sees for itself what is broken in them. */
  readonly convertedOnly?: true;
}

/** Whether a row says something of a client of one format and an upstream of another, with a stream or without. */
export function applies(row: FaultRow, from: DialectId, to: DialectId, stream: boolean): boolean {
  return (stream ? row.stream : row.json) !== undefined && !(row.convertedOnly === true && from === to);
}

const SSE = { 'Content-Type': 'text/event-stream' };

const made = (turn: Turn, content: Content): MadeAnswer =>
  madeAnswer(turn.dialect, content, turn.model, BROKEN);

/** The first events, up to the middle of the content. */
function begin(turn: Turn, content: Content): void {
  const { events, cut } = made(turn, content);
  turn.head(200, SSE);
  turn.piece(events.slice(0, cut).join(''));
}

/** The first half of a document of known length. */
function beginJson(turn: Turn, content: Content): void {
  const whole = Buffer.from(made(turn, content).json);
  turn.head(200, { 'Content-Type': 'application/json', 'Content-Length': String(whole.length) });
  turn.piece(whole.subarray(0, whole.length / 2));
}

const before = (
  behave: (turn: Turn) => void,
  reason: FaultCell['reason'] = 'broken-answer',
  status: FaultCell['status'] = 502,
): FaultCell => ({ behave, afterOutput: false, reason, status });

/** Begins a stream with output, and fails when the client has that. */
const after = (
  content: Content,
  fail: (turn: Turn) => void,
  reason: Reason = 'broken-answer',
): FaultCell => ({
  behave: (turn, heard) => {
    begin(turn, content);
    void heard.then(() => fail(turn));
  },
  afterOutput: true,
  reason,
  status: 200,
});

/** Half of a document, then the failure, which must not overtake it. */
const half = (content: Content, fail: (turn: Turn) => void, reason?: Reason, status?: number): FaultCell =>
  before(
    (turn) => {
      beginJson(turn, content);
      afterReading(10, () => fail(turn));
    },
    reason,
    status,
  );

const both = (
  name: string,
  behave: (turn: Turn) => void,
  reason?: FaultCell['reason'],
  status?: FaultCell['status'],
  silent = false,
): FaultRow => {
  const cell = before(behave, reason, status);
  return { name, stream: cell, json: cell, silent };
};

const reset = (turn: Turn): void => void turn.socket.resetAndDestroy();
const silence = (): void => undefined;
const contents: readonly Content[] = ['text', 'tool', 'reasoning'];

/** The events before the first output. */
function opening({ dialect, model }: Turn): string[] {
  const { events, prelude } = wires[dialect];
  return events(model, BROKEN).slice(0, prelude);
}

/** An error event, then a proper end of the stream. */
const reportError = (turn: Turn): void => {
  turn.piece(wires[turn.dialect].errorEvent('The machine room is on fire.'));
  turn.end();
};

/** What the error events of the formats say, in their own words. */
const REPORTED: FaultCell['reason'] = {
  'openai-chat': 'server-error',
  'openai-responses': 'server-error',
  'anthropic-messages': 'overloaded',
  gemini: 'overloaded',
};
const REPORTED_STATUS: FaultCell['status'] = {
  'openai-chat': 500,
  'openai-responses': 500,
  'anthropic-messages': 529,
  gemini: 503,
};

/** A limit as each format words it. */
const LIMITED: Readonly<Record<DialectId, unknown>> = {
  'openai-chat': { error: { code: 429, message: 'Too fast.' } },
  'openai-responses': {
    error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Too fast.' },
  },
  'anthropic-messages': { type: 'error', error: { type: 'rate_limit_error', message: 'Too fast.' } },
  gemini: { error: { code: 429, message: 'Too fast.', status: 'RESOURCE_EXHAUSTED' } },
};

const status = (code: number, reason: Reason): FaultRow =>
  both(
    `before headers: ${code}`,
    (turn) => turn.whole(code, wires[turn.dialect].error(code, `no luck with ${code}`)),
    reason,
    code,
  );

/** The rows of each kind of content. */
const within = contents.flatMap((content): FaultRow[] => [
  {
    name: `mid-${content}: reset`,
    stream: after(content, reset),
    json: half(content, reset),
    silent: false,
  },
  {
    name: `mid-${content}: closed`,
    stream: after(content, (turn) => void turn.socket.end()),
    json: half(content, (turn) => void turn.socket.end()),
    silent: false,
  },
  {
    name: `mid-${content}: error event`,
    stream: after(content, reportError),
    silent: false,
  },
  {
    name: `mid-${content}: stall`,
    stream: after(content, silence, 'timeout'),
    json: half(content, silence, 'timeout', 504),
    silent: true,
  },
  {
    name: `mid-${content}: malformed chunk`,
    stream: after(content, (turn) => void turn.socket.write('ZZ\r\nsurprise\r\n')),
    silent: false,
  },
  {
    name: `mid-${content}: malformed event`,
    stream: after(content, (turn) => {
      const { events, cut } = made(turn, content);
      turn.piece('data: {"id": broken\n\n');
      for (const event of events.slice(cut)) turn.piece(event);
      turn.end();
    }),
    silent: false,
    convertedOnly: true,
  },
  {
    name: `mid-${content}: truncated, clean end`,
    stream: after(content, (turn) => turn.end()),
    json: before((turn) => {
      const { json } = made(turn, content);
      turn.whole(200, json.slice(0, json.length / 2));
    }),
    silent: false,
  },
  {
    name: `mid-${content}: truncated event`,
    stream: after(content, (turn) => {
      const { events, cut } = made(turn, content);
      turn.piece((events[cut] ?? '').slice(0, -20));
      turn.end();
    }),
    silent: false,
  },
]);

/** All rows. */
export const faultRows: readonly FaultRow[] = [
  status(401, 'bad-key'),
  status(429, 'rate-limited'),
  status(500, 'server-error'),
  status(503, 'overloaded'),
  both('before headers: reset', reset),
  both('before headers: closed', (turn) => void turn.socket.end()),
  both('before headers: no HTTP', (turn) => void turn.socket.end('SSH-2.0-OpenSSH_9.0\r\n')),
  both('before headers: stall', silence, 'timeout', 504, true),
  both(
    'error first: in a success',
    (turn) => turn.whole(200, wires[turn.dialect].error(500, 'an error in disguise')),
    'server-error',
    500,
  ),
  both(
    'error first: a limit in a success',
    (turn) => turn.whole(200, JSON.stringify(LIMITED[turn.dialect])),
    'rate-limited',
    429,
  ),
  {
    name: 'error first: as the first event',
    stream: before(
      (turn) => {
        turn.head(200, SSE);
        reportError(turn);
      },
      REPORTED,
      REPORTED_STATUS,
    ),
    silent: false,
  },
  {
    name: 'error first: after the opening events',
    stream: before(
      (turn) => {
        turn.head(200, SSE);
        for (const event of opening(turn)) turn.piece(event);
        reportError(turn);
      },
      REPORTED,
      REPORTED_STATUS,
    ),
    silent: false,
  },
  ...within,
  {
    name: 'stall: after headers',
    stream: before((turn) => turn.head(200, SSE), 'timeout', 504),
    json: before((turn) => turn.head(200, { 'Content-Type': 'application/json' }), 'timeout', 504),
    silent: true,
  },
  both('malformed: web page', (turn) =>
    turn.whole(200, '<html>Welcome</html>', { 'Content-Type': 'text/html' }),
  ),
  {
    name: 'malformed: no JSON',
    stream: before((turn) => {
      turn.head(200, SSE);
      turn.piece('data: surprise\n\n');
      turn.end();
    }),
    json: before((turn) => turn.whole(200, '{"id": surprise}')),
    silent: false,
  },
  both('malformed: wrong type', (turn) => turn.whole(200, '[]')),
  both('malformed: bogus gzip', (turn) =>
    turn.whole(200, made(turn, 'text').json, { 'Content-Encoding': 'gzip' }),
  ),
  both('malformed: chunk at once', (turn) => {
    turn.head(200, turn.stream ? SSE : {});
    turn.socket.write('ZZ\r\nsurprise\r\n');
  }),
  {
    name: 'truncated: empty',
    stream: before((turn) => turn.whole(200, '', SSE)),
    json: before((turn) => turn.whole(200, ''), 'empty-answer'),
    silent: false,
  },
  {
    name: 'truncated: opening events only',
    stream: before((turn) => {
      turn.head(200, SSE);
      for (const event of opening(turn)) turn.piece(event);
      turn.end();
    }),
    silent: false,
  },
];
