// Why each candidate was asked or passed over, as it is kept of exchanges that were retried, failed or captured: how things
// stood when the gateway chose, not how they stood afterwards.

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CaptureRecord, ChosenKey } from '../../src/exchange/detail/capture-record.ts';
import { Choosing } from '../../src/exchange/detail/choosing.ts';
import { gatherBundle } from '../../src/exchange/replay/bundle.ts';
import { askFor, forKeys, refuseWith } from '../kit/asking.ts';
import { type Capturing, capturingGateway } from '../kit/capturing.ts';
import { type Received, until } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { provider } from '../kit/setting.ts';

const A = 'sk-aaaaaaaaaaaa-secret';
const B = 'sk-bbbbbbbbbbbb-secret';
const C = 'sk-cccccccccccc-secret';

const fails =
  (status: number, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (turn) =>
    refuseWith(turn, status, `broken ${A}`, headers);

const idOf = (answer: Received): string | undefined => answer.header('x-sluice-request-id');

async function keptOf(setting: Capturing, answer: Received): Promise<CaptureRecord> {
  return await setting.kept(idOf(answer));
}

/** "upstream/key": why, of those that are told. */
function said(keys: readonly ChosenKey[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (keys ?? []).map(({ upstreamId, keyId, why }) => [
      keyId === undefined ? upstreamId : `${upstreamId}/${keyId}`,
      why,
    ]),
  );
}

describe('choices', () => {
  test('of a retried exchange tell why each was asked, and why the others were not', async () => {
    const first = await provider(fails(500));
    const second = await provider();
    const other = await provider();
    const setting = await capturingGateway({
      upstreams: [
        { id: 'first', origin: first.origin, priority: 5, secrets: [A] },
        { id: 'second', origin: second.origin, priority: 3, secrets: [B] },
        { id: 'third', origin: second.origin, priority: 1, secrets: [C] },
        { id: 'lister', origin: other.origin, models: ['else'] },
        { id: 'off', origin: other.origin, enabled: false },
      ],
    });
    const answer = await askFor(setting.gateway);
    expect(answer.status).toBe(200);
    const record = await keptOf(setting, answer);
    expect(record).toMatchObject({
      kind: 'retried',
      outcome: { status: 200, upstreamId: 'second', attempts: 2 },
      attempts: [
        { upstreamId: 'first', errorCode: 'upstream_error' },
        { upstreamId: 'second', cause: 'retry' },
      ],
      choices: { route: 'default' },
    });
    expect([record.error, record.reply, record.request.body]).toEqual([undefined, undefined, undefined]);
    const { candidates = [], passedOver } = record.choices ?? {};
    expect(candidates.map(({ upstreamId, attempts }) => [upstreamId, attempts])).toEqual([
      ['first', [1]],
      ['second', [2]],
      ['third', undefined],
    ]);
    const why = said(candidates);
    expect(why['first/k1']).toMatch(/priority 5\. Attempt 1: chosen by the order "[a-z_]+"\. It was free\.$/);
    expect(why['second/k1']).toContain('Attempt 2: tried after another attempt had failed. It was free.');
    expect(why['third/k1']).toBe('It was free; priority 1 comes after 5.');
    expect(said(passedOver)).toEqual({
      lister: expect.stringContaining('none of them matches "m"'),
      off: 'off is disabled.',
    });
  });

  test('tell of a key that cooled, one that was disabled, and one that was only suspected', async () => {
    const upstream = await provider(forKeys({ [A]: fails(429, { 'retry-after': '600' }), [B]: fails(500) }));
    const setting = await capturingGateway({
      upstreams: [{ origin: upstream.origin, secrets: [A, B, C] }],
      route: { order: 'fill_first' },
    });
    const { settings } = setting.gateway;
    const [one] = settings.upstreams;
    if (one === undefined) throw new Error('no upstream');
    // The first exchange meets the limit of the first key and the fault of the second one.
    const met = await keptOf(setting, await askFor(setting.gateway));
    expect(met.attempts.map(({ keyId }) => keyId)).toEqual(['k1', 'k2', 'k3']);
    expect(said(met.choices?.candidates)['one/k1']).toContain('It was free.');
    expect(met.choices?.passedOver).toEqual([]);

    const keys = one.keys.map((key) =>
      key.id === 'k3' ? { ...key, name: 'spare', disabled: true as const } : key,
    );
    setting.gateway.settings = { ...settings, upstreams: [{ ...one, keys }] };
    const answer = await askFor(setting.gateway);
    expect(answer.status).toBe(500);
    const { choices, kind } = await keptOf(setting, answer);
    expect(kind).toBe('error');
    expect(choices?.candidates).toMatchObject([{ keyId: 'k2', model: 'm' }]);
    const why = said(choices?.passedOver);
    expect(why['one/k1']).toMatch(/status 429.*It rested for another \d+ s\.$/);
    expect(why['one/k3']).toBe('The key spare of one is disabled.');
    expect(choices?.passedOver.find(({ keyId }) => keyId === 'k3')?.keyName).toBe('spare');
  });

  test('are those of the moment of choosing: what befell a key meanwhile is not held against it', async () => {
    let release: (() => void) | undefined;
    const slow = await provider((turn) => {
      if (release === undefined) release = () => refuseWith(turn, 500, 'late');
      else turn.healthy();
    });
    const second = await provider(forKeys({ [B]: fails(429, { 'retry-after': '600' }) }));
    const setting = await capturingGateway({
      upstreams: [
        { id: 'first', origin: slow.origin, secrets: [A], priority: 2 },
        { id: 'second', origin: second.origin, secrets: [B, C], models: ['m', 'n'] },
      ],
      route: { order: 'fill_first' },
    });
    const underway = askFor(setting.gateway);
    await until(() => release !== undefined);
    // While the first upstream thinks, another exchange finds that key B has reached its limit.
    const other = await askFor(setting.gateway, { members: { model: 'second/m' } });
    expect((await keptOf(setting, other)).attempts.map(({ keyId }) => keyId)).toEqual(['k1', 'k2']);
    release?.();
    const { choices } = await keptOf(setting, await underway);
    expect(choices?.candidates.map(({ upstreamId, keyId }) => `${upstreamId}/${keyId}`)).toEqual([
      'first/k1',
      'second/k2',
    ]);
    expect(said(choices?.passedOver)['second/k1']).toMatch(/^It was free at first, and then no more\. .*429/);
  });

  test('of an exchange that nobody could serve tell what stood in the way of each', async () => {
    const upstream = await provider(fails(429, { 'retry-after': '600' }));
    const setting = await capturingGateway({ upstreams: [{ origin: upstream.origin, secrets: [A, B] }] });
    await askFor(setting.gateway);
    const answer = await askFor(setting.gateway);
    const { choices, attempts, error } = await keptOf(setting, answer);
    expect([answer.status, error?.code, attempts]).toEqual([429, 'all_cooling', []]);
    expect(choices?.candidates).toEqual([]);
    expect(Object.values(said(choices?.passedOver))).toEqual([
      expect.stringContaining('status 429'),
      expect.stringContaining('status 429'),
    ]);
    expect(choices?.notes).toContain('Nobody was asked.');
  });

  test('of a model that nobody offers tell what each upstream offers instead', async () => {
    const setting = await capturingGateway({
      upstreams: [{ id: 'lister', origin: 'http://127.0.0.1:1', models: ['else'] }],
    });
    const { choices } = await keptOf(setting, await askFor(setting.gateway));
    expect(choices).toEqual({
      route: 'default',
      order: expect.any(String),
      candidates: [],
      passedOver: [{ upstreamId: 'lister', why: expect.stringContaining('none of them matches "m"') }],
      notes: [expect.stringContaining('The route "default" serves it')],
    });
  });

  test('say that a failure of the request itself is not tried elsewhere', async () => {
    const upstream = await provider(fails(400));
    const setting = await capturingGateway({ upstreams: [{ origin: upstream.origin, secrets: [A, B] }] });
    const { choices, attempts } = await keptOf(setting, await askFor(setting.gateway));
    expect(attempts).toHaveLength(1);
    expect(choices?.notes.join(' ')).toMatch(/A failure of this kind \([a-z-]+\) is not tried elsewhere\./);
    expect(choices?.candidates.map(({ attempts: made }) => made)).toEqual([[1], undefined]);
  });

  test('of a captured exchange are there also when all went well, and in its bundle', async () => {
    const upstream = await provider();
    const setting = await capturingGateway({
      upstreams: [
        { id: 'near', origin: upstream.origin, secrets: [A], dialects: ['openai-chat'] },
        { id: 'far', origin: upstream.origin, secrets: [B], dialects: ['anthropic-messages'] },
      ],
    });
    setting.capture.control.open({});
    const answer = await askFor(setting.gateway);
    const record = await keptOf(setting, answer);
    expect([answer.status, record.kind]).toEqual([200, 'capture']);
    const why = said(record.choices?.candidates);
    expect(why['near/k1']).toMatch(/in the format of the client, priority 0\. Attempt 1: .* It was free\.$/);
    expect(why['far/k1']).toContain('it would have been converted to anthropic-messages');
    const facts = { version: '1', nowMs: 1, settings: setting.gateway.settings };
    const bundle = await gatherBundle(setting.details, [idOf(answer) ?? ''], facts);
    expect(bundle?.exchanges[0]?.choices).toEqual(record.choices);
  });

  test('are looked for in no exchange that is served at once and not captured', async () => {
    const upstream = await provider();
    const told = vi.spyOn(Choosing.prototype, 'told');
    const chose = vi.spyOn(Choosing.prototype, 'chose');
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const setting = await capturingGateway({ upstreams: [{ origin: upstream.origin, secrets: [A, B] }] });
    await setting.gateway.row(idOf(await askFor(setting.gateway)));
    expect([told.mock.calls.length, chose.mock.calls.length, setting.details.all]).toEqual([0, 0, []]);
    setting.capture.control.open({});
    await keptOf(setting, await askFor(setting.gateway));
    expect([told.mock.calls.length, chose.mock.calls.length]).toEqual([1, 1]);
  });

  test('of a hedged exchange say that the first was slow; a race, where all are asked on purpose, keeps nothing', async () => {
    const silent = await provider(() => undefined);
    const quick = await provider();
    const upstreams = [
      { id: 'silent', origin: silent.origin, priority: 2, secrets: [A] },
      { id: 'quick', origin: quick.origin, secrets: [B] },
    ];
    const hedged = await capturingGateway({
      upstreams,
      route: { dispatch: { type: 'hedged', delayMs: 30, maxParallel: 2, budget: 1 } },
    });
    const { kind, choices } = await keptOf(hedged, await askFor(hedged.gateway));
    expect(kind).toBe('retried');
    const why = said(choices?.candidates);
    expect(why['silent/k1']).toContain('It was free.');
    expect(why['quick/k1']).toContain('Attempt 2: asked as well, because the first output was slow to come.');

    const race = await capturingGateway({ upstreams, route: { dispatch: { type: 'race', maxParallel: 2 } } });
    const answer = await askFor(race.gateway);
    const row = await race.gateway.row(idOf(answer));
    expect([answer.status, row.attempts, race.details.all]).toEqual([200, 2, []]);
  });

  test('say of a key that was set aside that the request was to find out whether it is back', async () => {
    const upstream = await provider(fails(500));
    const setting = await capturingGateway({
      upstreams: [{ origin: upstream.origin, secrets: [A] }],
      health: {
        breaker: { failures: 1, openMs: 1 },
        cooldown: { honorHeaders: true, defaultMs: 1, maxMs: 1 },
      },
    });
    await askFor(setting.gateway);
    const { pool } = setting.gateway.app.memory;
    await until(() => setting.gateway.standings('one', 'k1').every(({ untilMs }) => untilMs < pool.now().ms));
    const { choices } = await keptOf(setting, await askFor(setting.gateway));
    expect(choices?.candidates[0]?.why).toContain(
      'Attempt 1: the only candidate. This request was to find out whether it works again.',
    );
  });

  test('hold no secret, whatever a provider says and a client calls itself', async () => {
    const upstream = await provider(fails(500));
    const setting = await capturingGateway({
      upstreams: [{ origin: upstream.origin, secrets: [A, B] }],
      clients: [clientWithKey('me', 'sk-client-canary-000001')],
    });
    for (let turn = 0; turn < 3; turn++)
      await askFor(setting.gateway, { client: 'sk-client-canary-000001', text: 'the prompt itself' });
    expect(setting.details.all.length).toBeGreaterThan(0);
    const text = setting.details.all.map((detail) => detail.text).join('\n');
    for (const secret of [A, B, 'sk-client-canary', 'the prompt itself']) expect(text).not.toContain(secret);
    expect(text).toContain('"choices"');
  });

  test('name 50 candidates at most, and say how many more there were', async () => {
    const upstream = await provider(fails(500));
    const secrets = Array.from({ length: 70 }, (_, at) => `sk-many-${String(at).padStart(8, '0')}`);
    const setting = await capturingGateway({ upstreams: [{ origin: upstream.origin, secrets }] });
    const { choices } = await keptOf(setting, await askFor(setting.gateway));
    expect(choices?.candidates).toHaveLength(50);
    expect(choices?.notes).toContain('20 more candidates are not named here.');
  });
});
