// Responses that were converted and so were made by the gateway: nobody upstream is asked for one, and what is kept of it
// can be deleted (feature 1.2).

import { describe, expect, it } from 'vitest';
import { ask, type Received } from '../kit/client.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at } from '../kit/wire.ts';

const json = (answer: Received): unknown => JSON.parse(answer.text());

async function made(gateway: Gateway, members: object = {}, key = 'key-alice'): Promise<Received> {
  return ask(gateway.port, {
    path: '/v1/responses',
    body: JSON.stringify({ model: 'm', input: 'Hello', ...members }),
    headers: ['authorization', `Bearer ${key}`],
  });
}

const come = (gateway: Gateway, method: string, path: string, key = 'key-alice'): Promise<Received> =>
  ask(gateway.port, { method, path: `/v1/responses/${path}`, headers: ['authorization', `Bearer ${key}`] });

interface Setting {
  readonly chat: FaultUpstream;
  readonly native: FaultUpstream;
  readonly gateway: Gateway;
  /** Of a response that was converted for alice. */
  readonly id: string;
}

describe('a response that was converted', () => {
  const setting = async (): Promise<Setting> => {
    const chat = await provider();
    const native = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'chat', origin: chat.origin, dialects: ['openai-chat'], models: ['m'] },
        { id: 'native', origin: native.origin, dialects: ['openai-responses'], models: ['other'] },
      ],
      clients: [clientWithKey('alice', 'key-alice'), clientWithKey('bob', 'key-bob')],
    });
    const id = String(at(json(await made(gateway)), 'id'));
    return { chat, native, gateway, id };
  };

  it.each([
    ['GET', ''],
    ['GET', '/input_items'],
    ['POST', '/cancel'],
  ])('is said not to be stored, and no upstream is asked for it (%s %s)', async (method, rest) => {
    const { chat, native, gateway, id } = await setting();
    const answer = await come(gateway, method, `${id}${rest}`);
    expect(answer.status).toBe(404);
    expect(at(json(answer), 'error', 'message')).toMatch(/another format, and stores no such response/);
    expect([chat.turns.length, native.turns.length]).toEqual([1, 0]);
    expect(gateway.closed.at(-1)).toMatchObject({ status: 404, attempts: 0, upstreamId: undefined });
  });

  it('is deleted once, by the client that had it made, and cannot be continued afterwards', async () => {
    const { chat, native, gateway, id } = await setting();
    expect((await come(gateway, 'DELETE', id, 'key-bob')).status).toBe(404);
    expect((await made(gateway, { previous_response_id: id })).status).toBe(200);
    const deleted = await come(gateway, 'DELETE', id);
    expect([deleted.status, json(deleted)]).toEqual([200, { id, object: 'response', deleted: true }]);
    const again = await come(gateway, 'DELETE', id);
    expect([again.status, at(json(again), 'error', 'message')]).toEqual([
      404,
      'There is no response of this id.',
    ]);
    expect((await made(gateway, { previous_response_id: id })).status).toBe(400);
    expect([chat.turns.length, native.turns.length]).toEqual([2, 0]);
  });

  it('is not confused with one of an upstream', async () => {
    const { gateway } = await setting();
    const foreign = `resp_${'0123456789abcdef'.repeat(3)}`;
    await come(gateway, 'GET', foreign);
    expect(gateway.closed.at(-1)?.attempts).toBeGreaterThan(0);
  });
});
