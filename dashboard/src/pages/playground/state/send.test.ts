import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bench, bench, outgoingOf } from './bench.ts';
import { beginRun, type Run } from './run.ts';
import { anyRunning, runs, sendAll, stopAll } from './runs.ts';
import { send } from './send.ts';

const CHUNK = { choices: [{ index: 0, delta: { content: 'Water' }, finish_reason: null }] };
const END = {
  choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
};

const frame = (json: object): string => `data: ${JSON.stringify(json)}\n\n`;
const json = (status: number, body: object, headers = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

/** A stream of these pieces; then it ends, breaks off, or stays open. */
function stream(pieces: readonly string[], then: 'end' | 'break' | 'wait', signal?: AbortSignal): Response {
  const encoder = new TextEncoder();
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = pieces[at++];
      if (piece !== undefined) controller.enqueue(encoder.encode(piece));
      else if (then === 'end') controller.close();
      else if (then === 'break') controller.error(new TypeError('network error'));
      else {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        controller.error(new DOMException('', 'AbortError'));
      }
    },
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'x-sluice-request-id': 'req_1' },
  });
}

/** The gateway: what it makes of keys, and how it answers. */
interface Gateway {
  keys: number;
  answer: (init: RequestInit) => Response;
  readonly seen: { readonly path: string; readonly init: RequestInit }[];
}

const headersIn = (init: RequestInit): Headers => new Headers(init.headers);

let gateway: Gateway;
beforeEach(() => {
  gateway = { keys: 0, answer: () => stream([frame(CHUNK), frame(END)], 'end'), seen: [] };
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}): Promise<Response> => {
    gateway.seen.push({ path, init });
    if (path === '/admin/v1/playground/key')
      return json(201, {
        key: `key-${++gateway.keys}`,
        client: 'playground',
        expiresAt: Date.now() + 3_600_000,
      });
    if (path === '/admin/v1/capture' && init.method === 'GET')
      return json(200, {
        open: true,
        filter: { client: 'alice' },
        maxBytes: 1,
        captured: 0,
        running: 0,
        recent: [],
      });
    return gateway.answer(init);
  });
});
afterEach(() => {
  stopAll();
  vi.unstubAllGlobals();
});

const state: Bench = { ...bench.get(), mode: 'openai-chat', model: 'm' };
const asked = outgoingOf(state);

/** Sends with a key of one's own and answers what has become of it. */
async function sent(more: Partial<Parameters<typeof send>[0]> = {}): Promise<Run> {
  let run = beginRun(1, asked, false);
  const tell = (change: Partial<Run>): void => {
    run = { ...run, ...change };
  };
  await send({ asked, headers: [], ownKey: 'mine', signal: new AbortController().signal, tell, ...more });
  return run;
}

describe('sending a request', () => {
  test('11.10 it goes to the public endpoint of its format, without the session, and its answer is read', async () => {
    const run = await sent({ headers: [['x-sluice-lossy', 'allow']] });
    const [{ path, init } = { path: '', init: {} }] = gateway.seen;
    expect(path).toBe('/v1/chat/completions');
    expect(init).toMatchObject({ method: 'POST', credentials: 'omit', body: asked.text });
    expect(headersIn(init).get('authorization')).toBe('Bearer mine');
    expect(headersIn(init).get('x-sluice-lossy')).toBe('allow');
    expect(run).toMatchObject({ state: 'done', status: 200, eventCount: 2, reply: { stop: 'stop' } });
    expect(run.reply.blocks).toMatchObject([{ kind: 'text', text: 'Water' }]);
    expect(run.firstOutputMs).toBeLessThanOrEqual(run.endMs ?? 0);
  });

  test('a key that is not known any more is replaced once', async () => {
    gateway.answer = (init) =>
      headersIn(init).get('authorization') === 'Bearer key-1'
        ? json(401, { error: { message: 'Unknown key.' } })
        : stream([frame(CHUNK)], 'end');
    expect(await sent({ ownKey: '' })).toMatchObject({ state: 'done', status: 200 });
    expect(gateway.keys).toBe(2);
    gateway.answer = () => json(401, { error: { message: 'No.', type: 'auth' } });
    expect(await sent({ ownKey: '' })).toMatchObject({
      state: 'failed',
      status: 401,
      reply: { failure: { message: 'No.' } },
    });
    expect(gateway.keys).toBe(3);
  });

  test('an error is told in the words of its format, also within a stream', async () => {
    gateway.answer = () => json(400, { error: { message: 'Wrong.', type: 'invalid_request_error' } });
    expect(await sent()).toMatchObject({
      state: 'failed',
      reply: { failure: { message: 'Wrong.', type: 'invalid_request_error' } },
    });
    gateway.answer = () => stream([frame(CHUNK), frame({ error: { message: 'Died.' } })], 'end');
    expect(await sent()).toMatchObject({ state: 'failed', reply: { failure: { message: 'Died.' } } });
  });

  test('an answer that breaks off keeps what has come, and says so', async () => {
    gateway.answer = () => stream([frame(CHUNK)], 'break');
    const run = await sent();
    expect(run).toMatchObject({ state: 'failed', broken: true });
    expect(run.reply.blocks).toMatchObject([{ text: 'Water' }]);
  });

  test('who stops an answer keeps what has come', async () => {
    const controller = new AbortController();
    gateway.answer = () => stream([frame(CHUNK)], 'wait', controller.signal);
    let last: Partial<Run> = {};
    const tell = (change: Partial<Run>): void => {
      last = { ...last, ...change };
      if (change.reply !== undefined && change.state === undefined) controller.abort();
    };
    await send({ asked, headers: [], ownKey: 'mine', signal: controller.signal, tell });
    expect(last).toMatchObject({ state: 'stopped', eventCount: 1 });
    expect(last.broken).toBeUndefined();
  });
});

describe('both lanes', () => {
  test('the same request goes to the model that is compared as well', async () => {
    bench.set({ ...state, compareWith: 'other' });
    await sendAll();
    const { first, second } = runs.get();
    expect([first?.asked.model, second?.asked.model]).toEqual(['m', 'other']);
    expect([first?.state, second?.state]).toEqual(['done', 'done']);
    expect(anyRunning(runs.get())).toBe(false);
  });

  test('where it cannot be kept, it is not sent', async () => {
    bench.set({ ...state, keep: true });
    await sendAll();
    expect(runs.get().first).toMatchObject({ state: 'failed', problem: { status: 409 } });
    expect(gateway.seen.map(({ path }) => path)).toEqual(['/admin/v1/capture']);
  });
});
