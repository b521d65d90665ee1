// A provider in virtual time, behind the port of the transport: keys with real windows that answer 429 and say what is
// left, latencies as a simulation wants them, faults, outages, and an exact log of every call that arrived.

import { sluiceError } from '../../src/core/model/error.ts';
import type {
  AnswerSink,
  Call,
  OutboundRequest,
  RawHeaders,
  Transport,
  TransportFailure,
} from '../../src/exchange/ports.ts';
import type { VirtualTime } from './virtual-time.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Of every request: fewer than the gateway reckons with. */
const INPUT_TOKENS = 5;

/** What the provider allows one key. Tokens are those that were really used. */
export interface KeyLimits {
  readonly rpm?: number;
  readonly tpm?: number;
  readonly window?: 'sliding' | 'fixed';
  /** Requests of a day, in UTC. */
  readonly rpd?: number;
}

/** What goes wrong with a call: a status, or a failure below HTTP, or a stream that is cut after its first output. */
export type Fault = 401 | 429 | 500 | 503 | 'unreachable' | 'closed' | 'cut' | 'silent';

/** One call as the provider saw it. Times are monotonic. */
export interface SeenCall {
  readonly upstream: string;
  readonly secret: string;
  readonly model: string;
  /** Who asked: the `user` of the body, "client/number". */
  readonly client: string;
  readonly exchange: number;
  readonly sentMs: number;
  arrivedMs: number | undefined;
  /** undefined: nothing was answered. */
  status: number | undefined;
  /** Really used. */
  tokens: number;
  firstOutputMs: number | undefined;
  endedMs: number | undefined;
  aborted: boolean;
}

/** How a provider behaves. */
export interface ProviderSetup {
  readonly id: string;
  /** By secret; one that is not there is refused with 401. */
  readonly keys: Readonly<Record<string, KeyLimits>>;
  /** Until a request arrives, and until its answer is back. */
  readonly networkMs: () => number;
  /** From the arrival to the first output, and from there to the end. */
  readonly firstOutputMs: (call: SeenCall) => number;
  readonly outputMs: (call: SeenCall) => number;
  /** What its answers tell of limits: headers with all of them, retry-after with refusals. */
  readonly tells?: { readonly headers?: boolean; readonly retryAfter?: boolean };
  readonly fault?: (call: SeenCall) => Fault | undefined;
  /** What a 429 that is a fault tells: how long to stay away. */
  readonly limitedForMs?: (call: SeenCall) => number;
  /** Output tokens of an answer that may have so many. */
  readonly outputTokens?: (most: number) => number;
}

interface Asked {
  readonly model: string;
  readonly stream: boolean;
  readonly max_tokens?: number;
  readonly user: string;
}

/** One key at the provider: what it has admitted lately. Times are steady epoch milliseconds. */
class KeyWindow {
  readonly limits: KeyLimits;
  readonly #atMs: number[] = [];
  readonly #tokens: number[] = [];
  /** The first entry that may still count. */
  #first = 0;
  #day = 0;
  #today = 0;

  constructor(limits: KeyLimits) {
    this.limits = limits;
  }

  /** Milliseconds until it would admit one more request with so many tokens; 0: now. */
  waitMs(nowMs: number, tokens: number): number {
    const { rpm, tpm, rpd } = this.limits;
    this.#forget(nowMs);
    let waitMs = 0;
    if (rpd !== undefined && this.#today >= rpd) waitMs = DAY_MS - (nowMs % DAY_MS);
    const used = this.#atMs.length - this.#first;
    if (rpm !== undefined && used >= rpm)
      waitMs = Math.max(waitMs, this.#goneInMs(this.#first + used - rpm, nowMs));
    if (tpm !== undefined) {
      let sum = this.#sum();
      for (let at = this.#first; sum + tokens > tpm && at < this.#atMs.length; at += 1) {
        sum -= this.#tokens[at] ?? 0;
        waitMs = Math.max(waitMs, this.#goneInMs(at, nowMs));
      }
    }
    return waitMs;
  }

  admit(nowMs: number, tokens: number): void {
    this.#atMs.push(nowMs);
    this.#tokens.push(tokens);
    this.#today += 1;
  }

  /** In the way of OpenAI; the reset is when the next one comes back. */
  headers(nowMs: number): string[] {
    const { rpm, tpm, rpd } = this.limits;
    this.#forget(nowMs);
    const headers: string[] = [];
    const oldestMs = this.#goneInMs(this.#first, nowMs);
    const tell = (what: string, limit: number, remaining: number, resetMs: number): void => {
      headers.push(`x-ratelimit-limit-${what}`, String(limit), `x-ratelimit-remaining-${what}`);
      headers.push(String(Math.max(0, remaining)), `x-ratelimit-reset-${what}`, `${Math.ceil(resetMs)}ms`);
    };
    if (rpm !== undefined) tell('requests', rpm, rpm - (this.#atMs.length - this.#first), oldestMs);
    if (tpm !== undefined) tell('tokens', tpm, tpm - this.#sum(), oldestMs);
    if (rpd !== undefined) tell('requests-day', rpd, rpd - this.#today, DAY_MS - (nowMs % DAY_MS));
    return headers;
  }

  #sum(): number {
    let sum = 0;
    for (let at = this.#first; at < this.#atMs.length; at += 1) sum += this.#tokens[at] ?? 0;
    return sum;
  }

  #goneInMs(entry: number, nowMs: number): number {
    const atMs = this.#atMs[entry] ?? nowMs;
    if (this.limits.window === 'fixed') return (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS - nowMs;
    return Math.max(1, atMs + MINUTE_MS - nowMs);
  }

  #forget(nowMs: number): void {
    const fixed = this.limits.window === 'fixed';
    const oldestMs = fixed ? Math.floor(nowMs / MINUTE_MS) * MINUTE_MS : nowMs - MINUTE_MS + 0.001;
    while ((this.#atMs[this.#first] ?? nowMs) < oldestMs) this.#first += 1;
    const day = Math.floor(nowMs / DAY_MS);
    if (day === this.#day) return;
    this.#day = day;
    this.#today = 0;
  }
}

/** A provider with its log. */
export class SimulatedProvider {
  readonly id: string;
  readonly calls: SeenCall[] = [];
  /** May be changed while it runs. */
  fault: ProviderSetup['fault'];
  readonly #time: VirtualTime;
  readonly #setup: ProviderSetup;
  readonly #windows = new Map<string, KeyWindow>();

  constructor(time: VirtualTime, setup: ProviderSetup) {
    this.id = setup.id;
    this.fault = setup.fault;
    this.#time = time;
    this.#setup = setup;
    for (const [secret, limits] of Object.entries(setup.keys))
      this.#windows.set(secret, new KeyWindow(limits));
  }

  /** Calls that were let in. */
  get served(): readonly SeenCall[] {
    return this.calls.filter(({ status }) => status === 200);
  }

  /** Whether some key would let a request in now. */
  hasRoom(tokens = 0): boolean {
    for (const window of this.#windows.values())
      if (window.waitMs(this.#time.steadyEpochMs, tokens) === 0) return true;
    return false;
  }

  /** Takes one request. */
  take(request: OutboundRequest, sink: AnswerSink): Call {
    const bytes = request.body.kind === 'bytes' ? Buffer.concat(request.body.parts) : Buffer.alloc(0);
    const asked = JSON.parse(bytes.toString()) as Asked;
    const slash = asked.user.lastIndexOf('/');
    const call: SeenCall = {
      upstream: this.id,
      secret: secretOf(request.headers),
      model: asked.model,
      client: asked.user.slice(0, slash),
      exchange: Number(asked.user.slice(slash + 1)),
      sentMs: this.#time.nowMs,
      arrivedMs: undefined,
      status: undefined,
      tokens: 0,
      firstOutputMs: undefined,
      endedMs: undefined,
      aborted: false,
    };
    this.calls.push(call);
    this.#later(call, this.#setup.networkMs(), () => this.#arrives(call, asked, sink));
    return {
      resume: () => undefined,
      abort: () => {
        if (call.endedMs !== undefined) return;
        call.aborted = true;
        call.endedMs = this.#time.nowMs;
      },
    };
  }

  #later(call: SeenCall, delayMs: number, act: () => void): void {
    this.#time.after(delayMs, () => {
      if (call.endedMs === undefined) act();
    });
  }

  #arrives(call: SeenCall, asked: Asked, sink: AnswerSink): void {
    const { outputTokens, tells, networkMs, firstOutputMs } = this.#setup;
    const nowMs = this.#time.steadyEpochMs;
    call.arrivedMs = this.#time.nowMs;
    const fault = this.fault?.(call);
    if (fault === 'silent') return;
    if (fault === 'unreachable' || fault === 'closed') {
      this.#end(call);
      sink.fail(failureOf(fault));
      return;
    }
    const window = this.#windows.get(call.secret);
    if (window === undefined || fault === 401 || fault === 500 || fault === 503) {
      this.#refuse(call, sink, typeof fault === 'number' ? fault : 401, []);
      return;
    }
    const most = asked.max_tokens ?? 64;
    const tokens = INPUT_TOKENS + Math.min(most, outputTokens?.(most) ?? most);
    const waitMs = fault === 429 ? (this.#setup.limitedForMs?.(call) ?? 0) : window.waitMs(nowMs, tokens);
    if (waitMs > 0 || fault === 429) {
      const headers = tells?.headers === true ? window.headers(nowMs) : [];
      if (tells?.retryAfter !== false)
        headers.push('retry-after', String(Math.max(1, Math.ceil(waitMs / 1000))));
      this.#refuse(call, sink, 429, headers);
      return;
    }
    window.admit(nowMs, tokens);
    call.status = 200;
    call.tokens = tokens;
    this.#later(call, firstOutputMs(call) + networkMs(), () => {
      const headers = tells?.headers === true ? window.headers(nowMs) : [];
      this.#answer(call, asked, sink, headers, fault === 'cut');
    });
  }

  #answer(call: SeenCall, asked: Asked, sink: AnswerSink, headers: RawHeaders, cut: boolean): void {
    call.firstOutputMs = this.#time.nowMs;
    const usage = { prompt_tokens: 0, completion_tokens: call.tokens, total_tokens: call.tokens };
    if (asked.stream) {
      sink.head(200, ['content-type', 'text/event-stream', ...headers], undefined);
      sink.data(Buffer.from(FIRST));
    }
    this.#later(call, this.#setup.outputMs(call), () => {
      this.#end(call);
      if (cut) {
        sink.fail(failureOf('closed'));
        return;
      }
      if (asked.stream)
        sink.data(
          Buffer.from(`${LAST}data: ${JSON.stringify({ ...CHUNK, choices: [], usage })}\n\ndata: [DONE]\n\n`),
        );
      else {
        const text = JSON.stringify({ ...WHOLE, usage });
        sink.head(200, ['content-type', 'application/json', ...headers], text.length);
        sink.data(Buffer.from(text));
      }
      sink.end();
    });
  }

  #refuse(call: SeenCall, sink: AnswerSink, status: number, headers: RawHeaders): void {
    call.status = status;
    this.#later(call, this.#setup.networkMs(), () => {
      this.#end(call);
      const body = Buffer.from(
        JSON.stringify({ error: { message: REFUSALS[status] ?? 'No.', type: 'error' } }),
      );
      sink.head(status, ['content-type', 'application/json', ...headers], body.length);
      sink.data(body);
      sink.end();
    });
  }

  #end(call: SeenCall): void {
    call.endedMs = this.#time.nowMs;
  }
}

const CHUNK = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' } as const;
const FIRST = `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello' }, finish_reason: null }] })}\n\n`;
const LAST = `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`;
const WHOLE = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
} as const;

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'Incorrect API key provided.',
  429: 'Rate limit reached.',
  500: 'The server had an error.',
  503: 'The server is overloaded.',
};

function secretOf(headers: RawHeaders): string {
  for (let at = 0; at + 1 < headers.length; at += 2)
    if (headers[at]?.toLowerCase() === 'authorization') return headers[at + 1]?.replace(/^Bearer /, '') ?? '';
  return '';
}

function failureOf(fault: 'unreachable' | 'closed'): TransportFailure {
  const error =
    fault === 'unreachable'
      ? sluiceError('upstream_connect', 'The connection was refused.')
      : sluiceError('upstream_closed', 'The upstream closed the connection.');
  return { error, sent: fault === 'closed' };
}

/** The transport to several providers, each at http://<id>.test. */
export function transportTo(providers: readonly SimulatedProvider[]): Transport {
  const byOrigin = new Map(providers.map((provider) => [`http://${provider.id}.test`, provider]));
  return {
    send: (request, sink) => {
      const provider = byOrigin.get(request.destination.origin);
      if (provider === undefined) throw new Error(`Nobody is at ${request.destination.origin}.`);
      return provider.take(request, sink);
    },
    close: () => undefined,
  };
}
