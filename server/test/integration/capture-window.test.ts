// When the capture looks: never while no window is open, and no longer and no more often than the window says.

import { describe, expect, test } from 'vitest';
import { capturingGateway } from '../kit/capturing.ts';
import { ask, type Received } from '../kit/client.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const chat = (model: string, text = 'Hello'): ReturnType<(typeof wires)['openai-chat']['request']> =>
  wires['openai-chat'].request(model, false, text);

const idOf = (answer: Received): string => answer.header('x-sluice-request-id') ?? '';

async function idsOf(gateway: Gateway, models: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const model of models) ids.push(idOf(await ask(gateway.port, chat(model))));
  return ids;
}

describe('10.6 a capture window', () => {
  test('that is closed costs nothing: the exchange keeps its own inbound and transport', async () => {
    const upstream = await provider();
    const { gateway, capture, details } = await capturingGateway({
      upstreams: [{ origin: upstream.origin }],
    });
    await idsOf(gateway, ['m']);
    expect(details.all).toEqual([]);
    const seen = { inbound: {}, transport: {} } as Parameters<typeof capture.lens.look>[1];
    const opening = gateway.opened[0];
    if (opening === undefined) throw new Error('nothing was opened');
    expect(capture.lens.look(opening, seen)).toBeUndefined();
    expect(capture.control.status()).toEqual({
      open: false,
      maxBytes: 256 * 1024,
      filter: {},
      captured: 0,
      running: 0,
      recent: [],
    });
  });

  test('ends after 30 seconds of its own accord', async () => {
    const upstream = await provider();
    const capturing = await capturingGateway({ upstreams: [{ origin: upstream.origin }] });
    const { gateway, capture, details } = capturing;
    const begunMs = capturing.nowMs;
    expect(capture.control.open({})).toMatchObject({ open: true, untilMs: begunMs + 30_000 });
    capturing.nowMs = begunMs + 29_999;
    const [first] = await idsOf(gateway, ['m']);
    capturing.nowMs = begunMs + 30_000;
    expect(capture.control.status().open).toBe(false);
    await idsOf(gateway, ['m']);
    expect(details.all.map(({ id }) => id)).toEqual([first]);
    expect(capture.control.status()).toMatchObject({ captured: 1, running: 0, recent: [first] });
  });

  test('ends after as many exchanges as were asked for, and when it is closed', async () => {
    const upstream = await provider();
    const { gateway, capture, details } = await capturingGateway({
      upstreams: [{ origin: upstream.origin }],
    });
    expect(capture.control.open({ requests: 2 })).toMatchObject({ open: true, requestsLeft: 2 });
    expect(capture.control.status().untilMs).toBeUndefined();
    const ids = await idsOf(gateway, ['a', 'b', 'c']);
    expect(details.all.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(capture.control.status()).toMatchObject({ open: false, captured: 2 });
    capture.control.open({ requests: 5 });
    expect(capture.control.close().open).toBe(false);
    await idsOf(gateway, ['d']);
    expect(details.all).toHaveLength(2);
  });

  test('takes only what its filter says', async () => {
    const one = await provider((turn) =>
      turn.model === 'bad' ? turn.whole(400, '{"error":{"message":"no"}}') : turn.healthy(),
    );
    const two = await provider();
    const { gateway, capture } = await capturingGateway({
      upstreams: [
        { id: 'one', origin: one.origin, models: ['a*', 'bad'] },
        { id: 'two', origin: two.origin, models: ['b'] },
      ],
      clients: [clientWithKey('me', 'key-of-me-1234'), clientWithKey('you', 'key-of-you-1234')],
    });
    const send = async (): Promise<string[]> => {
      const ids: string[] = [];
      for (const [model, who, session] of [
        ['a1', 'me', 's1'],
        ['b', 'you', 's1'],
        ['a2', 'me', 's2'],
        ['bad', 'you', 's2'],
      ] as const) {
        const headers = ['authorization', `Bearer key-of-${who}-1234`, 'x-session-id', session];
        ids.push(idOf(await ask(gateway.port, { ...chat(model), headers })));
      }
      return ids;
    };
    const taken = async (
      filter: Parameters<typeof capture.control.open>[0]['filter'] & object,
    ): Promise<number[]> => {
      capture.control.open({ requests: 10, filter });
      const ids = await send();
      return capture.control
        .status()
        .recent.map((id) => ids.indexOf(id))
        .sort();
    };
    expect(await taken({ client: 'me' })).toEqual([0, 2]);
    expect(await taken({ conversation: 's1' })).toEqual([0, 1]);
    expect(await taken({ model: 'a*' })).toEqual([0, 2]);
    expect(await taken({ upstream: 'two' })).toEqual([1]);
    expect(await taken({ errorsOnly: true })).toEqual([3]);
    expect(await taken({ route: 'messages' })).toEqual([]);
    expect(await taken({ model: 'a*', conversation: 's2' })).toEqual([2]);
    expect(capture.control.status().requestsLeft).toBe(9);
  });

  test('keeps 256 KiB of a body, tells its whole length, and holds no more than it may at a time', async () => {
    const upstream = await provider();
    const setup = { upstreams: [{ origin: upstream.origin }] };
    const { gateway, capture, kept } = await capturingGateway(setup);
    capture.control.open({});
    const request = chat('m', 'x'.repeat(400 * 1024));
    const record = await kept(idOf(await ask(gateway.port, request)));
    expect(record.request.body).toMatchObject({ bytes: request.body.length, cut: true });
    expect(record.request.body?.text).toBe(request.body.slice(0, 256 * 1024));
    expect(record.reply?.body?.cut).toBe(false);
    const narrow = await capturingGateway(setup, 1024);
    narrow.capture.control.open({});
    for (let n = 0; n < 3; n += 1) {
      const small = await narrow.kept(idOf(await ask(narrow.gateway.port, chat('m', 'y'.repeat(2_000)))));
      expect(small.request.body).toMatchObject({ cut: true });
      expect(small.attempts[0]?.request?.body).toMatchObject({ cut: true, text: '' });
    }
  });
});
