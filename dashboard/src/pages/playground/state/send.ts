// Sends one request to the public endpoint of its format, as any client would, and reads the answer as it comes.

import { ApiError } from '../../../api/http.ts';
import { failureIn } from '../reply/failure.ts';
import { readReply, wholeReply } from '../reply/read-reply.ts';
import { readEventStream, type WireEvent } from '../wire/event-reader.ts';
import { FORMATS, type Header } from '../wire/formats.ts';
import { objectOf, parseJson } from '../wire/json.ts';
import type { Outgoing } from './bench.ts';
import { forgetKey, playgroundKey } from './playground-key.ts';
import type { Run } from './run.ts';

/** What has changed of a run. */
export type Tell = (change: Partial<Run>) => void;

/** How it is sent. */
export interface Sending {
  readonly asked: Outgoing;
  readonly headers: readonly Header[];
  /** A key of one's own; '' for the playground's. */
  readonly ownKey: string;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** The page is told of new output this often, not with every event. */
const TOLD_EVERY_MS = 60;
/** So many events are kept to be looked at; a long answer has tens of thousands. */
const KEPT_EVENTS = 2_000;

/** Sends it and reads the answer to its end. Whatever happens is told; nothing is thrown. */
export async function send(sending: Sending): Promise<void> {
  const { tell, signal } = sending;
  const beganMs = performance.now();
  const sinceMs = (): number => performance.now() - beganMs;
  try {
    const response = await answerTo(sending);
    tell({ status: response.status, headers: [...response.headers.entries()], headersMs: sinceMs() });
    const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
    if (isStream && response.body !== null) await readStream(response.body, sending, sinceMs);
    else await readWhole(response, sending, sinceMs);
  } catch (problem) {
    const endMs = sinceMs();
    if (signal.aborted) tell({ state: 'stopped', endMs });
    else if (problem instanceof ApiError) tell({ state: 'failed', problem, endMs });
    else tell({ state: 'failed', problem: UNREACHABLE, endMs });
  }
}

const UNREACHABLE = new ApiError(0, { code: 'unreachable', message: 'The gateway does not answer.' });

/** The answer. A key of the playground that is not known any more is replaced, once. */
async function answerTo(sending: Sending): Promise<Response> {
  const { ownKey } = sending;
  if (ownKey !== '') return ask(sending, ownKey);
  const key = await playgroundKey();
  const response = await ask(sending, key);
  if (response.status !== 401) return response;
  await response.text();
  await forgetKey(key);
  return ask(sending, await playgroundKey());
}

async function ask({ asked, headers, signal }: Sending, key: string): Promise<Response> {
  const { dialect, model, stream, text } = asked;
  const all = requestHeaders(dialect, headers, key);
  return fetch(FORMATS[dialect].path(model, stream), {
    method: 'POST',
    headers: all.map(([name, value]): [string, string] => [name, value]),
    body: text,
    signal,
    // As any client: the session of the dashboard has nothing to do with it.
    credentials: 'omit',
    cache: 'no-store',
  });
}

/** The headers of a request; what was written by hand takes the place of what would be sent. */
export function requestHeaders(
  dialect: Outgoing['dialect'],
  written: readonly Header[],
  key: string,
): readonly Header[] {
  const { headers, key: keyHeader } = FORMATS[dialect];
  const usual: readonly Header[] = [['content-type', 'application/json'], ...headers, keyHeader(key)];
  return [...usual.filter(([name]) => !written.some(([one]) => one === name)), ...written];
}

async function readStream(
  body: ReadableStream<Uint8Array>,
  { asked, tell, signal }: Sending,
  sinceMs: () => number,
): Promise<void> {
  const reader = readReply(asked.dialect);
  const events: WireEvent[] = [];
  let eventCount = 0;
  let firstOutputMs: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soFar = (): Partial<Run> => ({
    reply: reader.reply(),
    events: events.slice(-KEPT_EVENTS),
    eventCount,
    ...(firstOutputMs === undefined ? {} : { firstOutputMs }),
  });
  const flush = (): void => {
    timer = undefined;
    tell(soFar());
  };
  tell({ state: 'streaming' });
  let isBroken = false;
  try {
    await readEventStream(body, (event) => {
      reader.event(event);
      events.push(event);
      if (events.length > 2 * KEPT_EVENTS) events.splice(0, KEPT_EVENTS);
      eventCount += 1;
      if (firstOutputMs === undefined && reader.hasOutput()) firstOutputMs = sinceMs();
      timer ??= setTimeout(flush, TOLD_EVERY_MS);
    });
  } catch {
    isBroken = true;
  }
  clearTimeout(timer);
  const all = soFar();
  const isFailed = isBroken || all.reply?.failure !== undefined;
  const state = signal.aborted ? 'stopped' : isFailed ? 'failed' : 'done';
  tell({ ...all, state, endMs: sinceMs(), ...(isBroken && !signal.aborted ? { broken: true } : {}) });
}

async function readWhole(response: Response, { asked, tell }: Sending, sinceMs: () => number): Promise<void> {
  const body = await response.text();
  const endMs = sinceMs();
  const reply = response.ok ? wholeReply(asked.dialect, body) : failedReply(body);
  const isFailed = !response.ok || reply.failure !== undefined;
  tell({
    body,
    reply,
    endMs,
    state: isFailed ? 'failed' : 'done',
    ...(isFailed ? {} : { firstOutputMs: endMs }),
  });
}

/** An answer that is an error. Where a proxy in between has answered it is no JSON; the page shows the text then. */
function failedReply(body: string): Run['reply'] {
  const failure = failureIn(objectOf(parseJson(body)) ?? {});
  return { blocks: [], others: 0, ...(failure === undefined ? {} : { failure }) };
}
