// Thousands of small worlds in which requests come, end, are left, fail, are hedged and repeated in any order, while the
// configuration is reloaded and the wall clock jumps. In each of them no limit is exceeded, by the providers' own log, and
// nothing is left over.

import { expect, test } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import type { DispatchMode, Limits } from '../../src/core/routing/policy.ts';
import type { Place } from '../../src/exchange/pool/places.ts';
import { type Admitted, excessesOf } from '../kit/admission-oracle.ts';
import { settingsOf } from '../kit/gateway.ts';
import { print, SimulatedGateway, type Told } from '../kit/simulated-gateway.ts';
import { type Fault, type SeenCall, SimulatedProvider } from '../kit/simulated-provider.ts';
import { seeded, VirtualTime } from '../kit/virtual-time.ts';

const WORLDS = 10_000;
const REQUESTS = 8;
const LASTS_MS = 90_000;
const UPSTREAMS = ['one', 'two'];
const MODELS = ['m', 'n'];
const CLIENTS = ['ann', 'ben'];
const FAULTS: readonly Fault[] = [429, 500, 503, 'unreachable', 'closed', 'cut', 'cut', 'silent', 401];
const JUMPS_MS = [7_200_000, -7_200_000, 40 * 86_400_000];
const MODES: readonly DispatchMode[] = [
  { type: 'serial' },
  { type: 'hedged', delayMs: 700, maxParallel: 2, budget: 1 },
  { type: 'race', maxParallel: 2 },
];

/** The limits of each level in one world. */
interface Levels {
  readonly key: Limits;
  readonly upstream: Limits;
  readonly model: Limits;
  readonly client: Limits;
}

class World {
  readonly time: VirtualTime;
  readonly gateway: SimulatedGateway;
  readonly providers: readonly SimulatedProvider[];
  readonly #random: () => number;
  readonly #levels: Levels;
  readonly #epochMs: number;
  readonly #jumps: boolean;

  /** `jumps`: whether the wall clock does. Everything else is the same for the same seed. */
  constructor(seed: number, jumps = true) {
    this.#jumps = jumps;
    const random = seeded(seed);
    this.#random = random;
    // Every second world crosses the end of a day.
    this.time = new VirtualTime(Date.parse(seed % 2 === 0 ? '2026-11-21T09:00:17Z' : '2026-11-21T23:59:20Z'));
    this.#epochMs = this.time.steadyEpochMs - this.time.nowMs;
    const limits = (scale: number): Limits => ({
      ...(random() < 0.5 ? { rpm: this.#upTo(4 * scale) } : {}),
      ...(random() < 0.5 ? { tpm: 110 + this.#upTo(120 * scale) } : {}),
      ...(random() < 0.3 ? { rpd: this.#upTo(6 * scale) } : {}),
      ...(random() < 0.5 ? { concurrency: this.#upTo(2 * scale) } : {}),
    });
    this.#levels = { key: limits(1), upstream: limits(2), model: limits(2), client: limits(4) };
    const faulty = 0.3 * random();
    this.providers = UPSTREAMS.map(
      (id) =>
        new SimulatedProvider(this.time, {
          id,
          keys: { [`sk-${id}-1`]: {}, [`sk-${id}-2`]: {} },
          // What the provider sees is exactly what the gateway sends.
          networkMs: () => 0,
          firstOutputMs: () => 5_000 * random() ** 3,
          outputMs: () => 20_000 * random() ** 2,
          outputTokens: (most) => Math.ceil(most * random()),
          fault: () => (random() < faulty ? FAULTS[this.#upTo(FAULTS.length) - 1] : undefined),
        }),
    );
    this.gateway = new SimulatedGateway(this.time, this.#settings(), this.providers, random);
  }

  /** From 1. */
  #upTo(most: number): number {
    return 1 + Math.floor(this.#random() * most);
  }

  /** The same limits each time, and other ways of serving. */
  #settings(): Settings {
    const random = this.#random;
    const { key, upstream, model, client } = this.#levels;
    return settingsOf({
      upstreams: UPSTREAMS.map((id, place) => ({
        id,
        origin: `http://${id}.test`,
        secrets: [`sk-${id}-1`, `sk-${id}-2`],
        keyLimits: key,
        limits: upstream,
        priority: random() < 0.5 ? place : 0,
        timeouts: {
          firstOutputMs: 8_000,
          idleMs: 15_000,
          headersMs: 8_000,
          answerMs: 15_000,
          totalMs: 60_000,
        },
      })),
      limits: { models: [{ models: ['m'], limits: model }] },
      clients: CLIENTS.map((id) => ({ id, enabled: true, keyHash: '', limits: client })),
      retry: { sameUpstream: 1, maxAttempts: this.#upTo(4) },
      queue: { maxWaitMs: 30_000, maxSize: this.#upTo(10) },
      health: { breaker: { failures: 2, openMs: 10_000 }, quarantine: { onAuth: true, retestMs: 20_000 } },
      route: {
        onExhausted: random() < 0.6 ? 'wait' : 'refuse',
        dispatch: MODES[this.#upTo(MODES.length) - 1] ?? { type: 'serial' },
        affinity: random() < 0.5 ? { ttlMs: 60_000 } : undefined,
      },
    });
  }

  #ask(): void {
    const random = this.#random;
    this.gateway.ask({
      client: CLIENTS[this.#upTo(2) - 1] ?? '',
      model: MODELS[random() < 0.7 ? 0 : 1] ?? '',
      stream: random() < 0.6,
      maxTokens: 10 + this.#upTo(90),
      ...(random() < 0.25 ? { leavesAfterMs: 15_000 * random() } : {}),
      ...(random() < 0.5 ? { session: `conversation ${this.#upTo(3)}` } : {}),
    });
  }

  async run(): Promise<void> {
    const { time } = this;
    // Some of them at the very same moment.
    for (let n = 0; n < REQUESTS; n += 1) {
      const atMs = LASTS_MS * this.#random();
      time.after(this.#random() < 0.4 ? Math.floor(atMs / 20_000) * 20_000 : atMs, () => this.#ask());
    }
    for (let n = 0; n < 2; n += 1) {
      time.after(LASTS_MS * this.#random(), () => {
        this.gateway.settings = this.#settings();
      });
      time.after(LASTS_MS * this.#random(), () => {
        const jumpMs = JUMPS_MS[this.#upTo(JUMPS_MS.length) - 1] ?? 0;
        if (this.#jumps) time.jumpMs = jumpMs;
      });
    }
    await time.run();
  }

  /** Everything that is not as it should be, in words. */
  complaints(): string[] {
    return [...this.gateway.defects, ...this.#admissions(), ...this.#rows(), ...this.#leftovers()];
  }

  /** What the providers and the clients saw, in the order of the calls. */
  seen(): string[] {
    const calls = this.calls.map((call) => JSON.stringify(call));
    const answers = this.gateway.told.map(({ number, endedMs, firstOutputMs, rows }) =>
      JSON.stringify([
        number,
        endedMs,
        firstOutputMs,
        rows[0]?.status,
        rows[0]?.errorCode,
        rows[0]?.attempts,
      ]),
    );
    return [...calls, ...answers];
  }

  get calls(): SeenCall[] {
    return this.providers.flatMap(({ calls }) => calls);
  }

  #admissions(): string[] {
    const said: string[] = [];
    const judge = (name: string, calls: readonly Admitted[], limits: Limits): void => {
      for (const { kind, limit, found } of excessesOf(calls, limits, this.#epochMs))
        said.push(`${name}: ${kind} of ${limit}, found ${found}`);
    };
    const { key, upstream, model, client } = this.#levels;
    const of = (fits: (call: SeenCall) => boolean): Admitted[] => this.calls.filter(fits).map(admittedCall);
    for (const { id, calls } of this.providers) {
      judge(`upstream ${id}`, calls.map(admittedCall), upstream);
      for (const secret of [`sk-${id}-1`, `sk-${id}-2`])
        judge(
          secret,
          of((call) => call.secret === secret),
          key,
        );
    }
    judge(
      'model m',
      of((call) => call.model === 'm'),
      model,
    );
    for (const id of CLIENTS) {
      const asked = this.gateway.told.filter(
        ({ ask, rows }) => ask.client === id && rows[0]?.errorCode !== 'rate_limited',
      );
      judge(
        `client ${id}`,
        asked.map((told) => this.#admittedRequest(told)),
        client,
      );
    }
    return said;
  }

  /** Of several calls of a request, the client pays for one; for those of a request that failed, for none. */
  #admittedRequest({ number, askedMs, endedMs, rows }: Told): Admitted {
    const served = rows[0]?.status === 200 || rows[0]?.status === 499;
    const calls = served ? this.calls.filter(({ exchange }) => exchange === number) : [];
    const tokens = calls.map((call) => call.tokens);
    const least = Math.min(...tokens.filter((count) => count > 0));
    return { requests: 1, atMs: askedMs, endedMs: endedMs ?? 0, tokens: Number.isFinite(least) ? least : 0 };
  }

  #rows(): string[] {
    const said: string[] = [];
    for (const { number, rows, done } of this.gateway.told) {
      const calls = this.calls.filter(({ exchange }) => exchange === number).length;
      const [row] = rows;
      if (rows.length !== 1 || done !== 1) said.push(`request ${number}: ${rows.length} rows, ${done} ends`);
      if (row === undefined) continue;
      if (row.attempts !== calls)
        said.push(`request ${number}: ${row.attempts} attempts in its row, ${calls} calls`);
      const ordinals = (row.tries ?? []).map(({ ordinal }) => ordinal).sort((a, b) => a - b);
      const wanted = row.attempts < 2 ? [] : Array.from({ length: row.attempts }, (_, at) => at + 1);
      if (ordinals.join() !== wanted.join())
        said.push(`request ${number}: attempts that ended: ${ordinals.join()}`);
    }
    return said;
  }

  #leftovers(): string[] {
    const { memory } = this.gateway;
    const { places } = memory.pool;
    const said: string[] = [];
    const all: Place[] = [places.at('model', 'm'), ...CLIENTS.map((id) => places.at('client', id))];
    for (const id of UPSTREAMS) {
      all.push(places.at('upstream', id), places.at('key', id, 'k1'), places.at('key', id, 'k2'));
      for (const key of ['k1', 'k2']) for (const model of MODELS) all.push(places.lane(id, key, model));
    }
    for (const { name, inFlight, meter, probing } of all)
      if (inFlight !== 0 || (meter?.inFlight ?? 0) !== 0 || probing)
        said.push(
          `${name.replaceAll('\n', ' ')}: ${inFlight} in flight, meter ${meter?.inFlight}, probing ${probing}`,
        );
    if (this.time.waiting !== 0) said.push(`${this.time.waiting} deadlines are left`);
    if (memory.waiting.size !== 0) said.push(`${memory.waiting.size} are waiting`);
    const open = this.calls.filter(({ endedMs }) => endedMs === undefined).length;
    if (open > 0) said.push(`${open} calls are open`);
    return said;
  }
}

/** What a provider refuses for its rate counts for neither side. */
const admittedCall = ({ sentMs, endedMs, tokens, status }: SeenCall): Admitted => ({
  requests: status === 429 ? 0 : 1,
  atMs: sentMs,
  endedMs: endedMs ?? Number.POSITIVE_INFINITY,
  tokens,
});

test(`7.5 no limit is exceeded and nothing is left over in ${WORLDS} random interleavings`, async () => {
  const counts = { requests: 0, calls: 0, aborted: 0, failed: 0, refused: 0 };
  const complaints: string[] = [];
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const world = new World(seed);
    await world.run();
    for (const said of world.complaints()) complaints.push(`seed ${seed}: ${said}`);
    const { calls } = world;
    counts.requests += world.gateway.told.length;
    counts.calls += calls.length;
    counts.aborted += calls.filter(({ aborted }) => aborted).length;
    counts.failed += calls.filter(({ status }) => status !== 200).length;
    counts.refused += world.gateway.failed.length;
  }
  print(`${WORLDS} interleavings: ${JSON.stringify(counts)}`);
  expect(complaints.slice(0, 20)).toEqual([]);
  expect(counts.calls).toBeGreaterThan(WORLDS);
}, 120_000);

test('29 jumps of the wall clock by two hours and by forty days change nothing that a provider or a client sees', async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const [calm, jumping] = [new World(seed, false), new World(seed)];
    await calm.run();
    await jumping.run();
    expect(jumping.time.jumpMs).not.toBe(0);
    expect(jumping.seen()).toEqual(calm.seen());
  }
});
