// Asks a provider whether it is there and takes the keys: its list of models, which costs nothing. Where no answer comes,
// the way there is tried step by step.

import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '../clock.ts';
import type { Upstream } from '../config/settings.ts';
import { createDeadlines, TICK_MS } from '../exchange/deadlines.ts';
import { type KeyTest, testKey } from '../exchange/operator/test-key.ts';
import type { Transport } from '../exchange/ports.ts';
import { createTransport } from '../upstream/transport/transport.ts';

/** How far one gets on the way to a provider. */
export type Reached = 'name' | 'connection' | 'tls' | 'answer';

/** What was learnt of one upstream. */
export interface ProviderFacts {
  readonly id: string;
  /** "https://api.openai.com"; '' where it has no address. */
  readonly origin: string;
  readonly proxied: boolean;
  readonly tests: readonly (KeyTest & { readonly keyId: string })[];
  /** Keys that were not asked about, because there are many, or because they are accounts. */
  readonly untested: number;
  /** Where no answer came: the first step that fails; undefined behind a proxy, which takes these steps itself. */
  readonly failsAt: Reached | undefined;
  /** The system's name for that failure. */
  readonly code: string | undefined;
  /** The provider's clock less ours, as its Date header tells. */
  readonly aheadMs: number | undefined;
}

/** More keys of one upstream than these are for "sluice keys test". */
const MOST_KEYS = 3;
const STEP_MS = 4_000;
/** So many providers are asked at the same time. */
const AT_ONCE = 6;

/** Asks all of them. Never rejects. */
export async function askProviders(upstreams: readonly Upstream[]): Promise<readonly ProviderFacts[]> {
  const facts: ProviderFacts[] = [];
  const queue = [...upstreams.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      facts[next[0]] = await askProvider(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return facts;
}

async function askProvider(upstream: Upstream): Promise<ProviderFacts> {
  const [dialect] = upstream.dialects;
  const base = dialect === undefined ? undefined : upstream.baseUrls[dialect];
  const url = base !== undefined && URL.canParse(base) ? new URL(base) : undefined;
  const usable = upstream.keys.filter(({ disabled }) => disabled !== true);
  const asked = usable.filter(({ account }) => account === undefined).slice(0, MOST_KEYS);
  const dates: number[] = [];
  const transport = noting(createTransport(), (aheadMs) => dates.push(aheadMs));
  const deadlines = createDeadlines(systemClock);
  const ticker = setInterval(() => deadlines.tick(), TICK_MS);
  const tests: (KeyTest & { readonly keyId: string })[] = [];
  // One after the other: a burst of questions from one address looks like an attack to some providers.
  for (const key of asked) {
    const test = await testKey({ transport, deadlines, clock: systemClock }, upstream, key);
    tests.push({ keyId: key.id, ...test });
    if (test.status === undefined) break;
  }
  clearInterval(ticker);
  transport.close();
  const answered = tests.some(({ status }) => status !== undefined);
  const proxied = upstream.proxy !== undefined;
  const way = answered || proxied || url === undefined || asked.length === 0 ? undefined : await wayTo(url);
  return {
    id: upstream.id,
    origin: url?.origin ?? '',
    proxied,
    tests,
    untested: usable.length - tests.length,
    failsAt: way?.failsAt,
    code: way?.code,
    aheadMs: dates[0],
  };
}

/** The same transport, whose answers tell the clock of whoever answers. */
function noting(transport: Transport, note: (aheadMs: number) => void): Transport {
  return {
    send: (request, sink) =>
      transport.send(request, {
        head: (status, headers, length) => {
          const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'date');
          const said = at === -1 ? Number.NaN : Date.parse(headers[at + 1] ?? '');
          if (!Number.isNaN(said)) note(said - Date.now());
          sink.head(status, headers, length);
        },
        data: (chunk) => sink.data(chunk),
        end: () => sink.end(),
        fail: (failure) => sink.fail(failure),
      }),
    close: () => transport.close(),
  };
}

/** The first step on the way that fails, or the last one where none does. */
async function wayTo(url: URL): Promise<{ readonly failsAt: Reached; readonly code: string | undefined }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const named = await lookup(host).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
  );
  if (named !== undefined) return { failsAt: 'name', code: named };
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const tcp = await opened(() => connectTcp({ host, port }), 'connect');
  if (tcp !== undefined) return { failsAt: 'connection', code: tcp };
  if (!secure) return { failsAt: 'answer', code: undefined };
  const tls = await opened(
    () => connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }),
    'secureConnect',
  );
  return tls === undefined ? { failsAt: 'answer', code: undefined } : { failsAt: 'tls', code: tls };
}

/** Opens a connection and closes it again; answers why it does not open. */
function opened(open: () => Socket, ready: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = open();
    const finish = (code: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(code);
    };
    const timer = setTimeout(() => finish('timeout'), STEP_MS);
    socket.once(ready, () => finish(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'unknown'));
  });
}
