import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY, DEFAULT_ROUTE, ORDERS, type RoutingRoute } from '../core/routing/policy.ts';
import { checkConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { resolveSettings } from './resolve.ts';
import type { Settings } from './settings.ts';

const upstreams = [
  { id: 'a', provider: 'ollama' },
  { id: 'b', provider: 'ollama' },
];

function settingsOf(value: object): Settings {
  const checked = checkConfig({ upstreams, ...value });
  const resolved = checked.ok ? resolveSettings(checked.value, { env: {}, home: '/home/me' }) : checked;
  if (!resolved.ok) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved.settings;
}

/** The route that fits everything. */
function lastRoute(value: object): RoutingRoute {
  const last = settingsOf(value).routes.at(-1);
  if (last === undefined) throw new Error('there must be a last route');
  return last;
}

const dispatchOf = (dispatch: unknown): RoutingRoute['dispatch'] =>
  lastRoute({ routing: { dispatch } }).dispatch;

describe('the route that is always there', () => {
  it('fits every request and has the documented defaults', () => {
    expect(settingsOf({}).routes).toEqual([DEFAULT_ROUTE]);
  });

  it.each(ORDERS)('19.5 takes the order %s', (order) => {
    expect(lastRoute({ routing: { order } }).order).toBe(order);
  });

  it('19.5 takes turns where nothing is said', () => {
    expect(lastRoute({}).order).toBe('round_robin');
  });

  it('keeps conversations together for an hour, for as long as it is told, or not', () => {
    const affinityOf = (affinity: unknown): unknown => lastRoute({ routing: { affinity } }).affinity;
    expect(lastRoute({}).affinity).toEqual({ ttlMs: 3_600_000 });
    expect(affinityOf(true)).toEqual({ ttlMs: 3_600_000 });
    expect(affinityOf({ ttlMs: 5 })).toEqual({ ttlMs: 5 });
    expect(affinityOf(false)).toBeUndefined();
  });

  it('19.9 has the policy for models of the file', () => {
    const routing = { forceModel: 'm', defaultModel: 'd', echoModel: 'upstream' };
    expect(lastRoute({ routing })).toMatchObject(routing);
    expect(lastRoute({})).toMatchObject({
      forceModel: undefined,
      defaultModel: undefined,
      echoModel: 'alias',
    });
  });

  it('waits and resumes only where the operator says so', () => {
    expect(lastRoute({})).toMatchObject({ onExhausted: 'refuse', streamFailure: 'error' });
    const routing = { onExhausted: 'wait', streamFailure: 'resume' };
    expect(lastRoute({ routing })).toMatchObject(routing);
  });
});

describe('dispatch', () => {
  it('6.2 takes the JSON of other gateways as it is', () => {
    expect(dispatchOf({ type: 'serial' })).toEqual({ type: 'serial' });
    expect(dispatchOf({ type: 'hedged', delay_ms: 2000, max_parallel: 2 })).toEqual({
      type: 'hedged',
      delayMs: 2000,
      maxParallel: 2,
      budget: 0.07,
    });
    expect(dispatchOf({ type: 'race', max_parallel: 3 })).toEqual({ type: 'race', maxParallel: 3 });
  });

  it('6.2 takes one word and fills in the rest', () => {
    expect(dispatchOf('serial')).toEqual({ type: 'serial' });
    expect(dispatchOf('race')).toEqual({ type: 'race', maxParallel: 2 });
    expect(dispatchOf('hedged')).toEqual({ type: 'hedged', delayMs: 'p95', maxParallel: 2, budget: 0.07 });
  });

  it('6.2 takes names as the rest of the file has them', () => {
    const hedged = { type: 'hedged', delayMs: 'p95', maxParallel: 3, budget: 0 };
    expect(dispatchOf(hedged)).toEqual(hedged);
  });

  it('is refused with members that mean nothing for its type', () => {
    expect(() => dispatchOf({ type: 'serial', maxParallel: 2 })).toThrow('Means nothing for "serial"');
    expect(() => dispatchOf({ type: 'race', budget: 0.1 })).toThrow('Means nothing for "race"');
    expect(() => dispatchOf({ type: 'hedged', maxParallel: 2, max_parallel: 2 })).toThrow('another name');
  });
});

describe('retry', () => {
  it('19.6 has the documented defaults', () => {
    expect(lastRoute({}).retry).toEqual(DEFAULT_RETRY);
    expect(DEFAULT_RETRY).toMatchObject({ maxAttempts: 3, sameUpstream: 1 });
  });

  it('19.6 takes statuses as numbers and texts, classes and words, each once', () => {
    const on = [408, '429', 429, '5xx', 'network', 'empty', 'auth', 'model', 400];
    expect(lastRoute({ retry: { on } }).retry.on).toEqual([
      ...['408', '429', '5xx', 'network', 'empty', 'auth', 'model', '400'],
    ]);
    expect(lastRoute({ retry: { on: [] } }).retry.on).toEqual([]);
  });

  it('19.6 of a route differs in what it says and is the global one in the rest', () => {
    const retry = { maxAttempts: 5, backoff: { initialMs: 10 }, budget: 0.5 };
    const routes = [{ id: 'r', models: ['m*'], retry: { sameUpstream: 0, backoff: { maxMs: 20 } } }];
    const [own, last] = settingsOf({ retry, routes }).routes;
    expect(last?.retry).toEqual({
      ...DEFAULT_RETRY,
      maxAttempts: 5,
      backoff: { initialMs: 10, maxMs: 8000 },
      budget: 0.5,
    });
    expect(own?.retry).toEqual({
      ...DEFAULT_RETRY,
      maxAttempts: 5,
      sameUpstream: 0,
      backoff: { initialMs: 10, maxMs: 20 },
      budget: 0.5,
    });
  });
});

describe('health', () => {
  it('19.7 has the documented defaults', () => {
    expect(settingsOf({}).health).toEqual({
      cooldown: { honorHeaders: true, defaultMs: 15_000, maxMs: 3_600_000 },
      breaker: { failures: 5, openMs: 60_000 },
      quarantine: { onAuth: true, retestMs: 600_000 },
    });
  });

  it('19.7 is what the file says, member by member', () => {
    const { health } = settingsOf({
      cooldown: { defaultMs: 0 },
      breaker: { failures: 0 },
      quarantine: { onAuth: false },
    });
    expect(health).toEqual({
      cooldown: { honorHeaders: true, defaultMs: 0, maxMs: 3_600_000 },
      breaker: { failures: 0, openMs: 60_000 },
      quarantine: { onAuth: false, retestMs: 600_000 },
    });
  });

  it('has a queue that can be shortened', () => {
    expect(settingsOf({ queue: { maxSize: 5 } }).queue).toEqual({
      maxWaitMs: 60_000,
      maxSize: 5,
      maxPerClient: 100,
    });
  });
});

describe('a route to an upstream whose keys are kept elsewhere', () => {
  it('is fine though the file does not have the upstream, and what that offers is not known here', () => {
    const routing = { forceModel: 'claude-x' };
    const listed = [{ id: 'a', provider: 'ollama', models: ['m'] }];
    const checked = checkConfig({
      upstreams: listed,
      routing,
      routes: [{ id: 'r', models: ['x'], upstreams: ['openai'] }],
    });
    if (!checked.ok) throw new Error('must be good');
    const said = (hasKeysElsewhere: (id: string) => boolean): string[] => {
      const resolved = resolveSettings(checked.value, { env: {}, home: '/home/me', hasKeysElsewhere });
      return (resolved.ok ? resolved.warnings : resolved.problems).map(({ path }) => path);
    };
    expect(said((id) => id === 'openai')).toEqual([]);
    expect(said(() => false)).toEqual(['routes[0].upstreams[0]', 'routing.forceModel']);
  });
});

describe('routes', () => {
  it('come in the order of the file, inherit what they do not say, and the one that fits all is the last', () => {
    const clients = [{ id: 'team-1', key: 'sk-sluice-0123456789abcdef' }];
    const routing = { order: 'lru', affinity: false, dispatch: 'race', defaultModel: 'm' };
    const routes = [
      { id: 'agents', models: ['gpt-*'], clients: ['team-*'], upstreams: ['b'], affinity: true },
      { id: 'batch', models: ['*-mini'], order: 'cheapest', dispatch: 'serial', onExhausted: 'wait' },
    ];
    const [agents, batch, last, ...more] = settingsOf({ clients, routing, routes }).routes;
    expect(more).toEqual([]);
    expect(agents).toEqual({
      ...DEFAULT_ROUTE,
      id: 'agents',
      models: ['gpt-*'],
      clients: ['team-*'],
      upstreams: ['b'],
      order: 'lru',
      dispatch: { type: 'race', maxParallel: 2 },
      defaultModel: 'm',
    });
    expect(batch).toMatchObject({
      id: 'batch',
      order: 'cheapest',
      affinity: undefined,
      dispatch: { type: 'serial' },
      onExhausted: 'wait',
      defaultModel: 'm',
    });
    expect(last).toMatchObject({ id: 'default', models: [], clients: [], upstreams: [], order: 'lru' });
  });
});
