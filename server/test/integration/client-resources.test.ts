// Clients of one gateway share keys and not what they made with them: another client's files, responses and conversations
// are not there.

import { expect, test } from 'vitest';
import { ask } from '../kit/client.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const ANN = 'sk-ann-0123456789abcdef';
const BOB = 'sk-bob-0123456789abcdef';

async function setting() {
  const upstream = await provider((turn) =>
    turn.whole(
      200,
      JSON.stringify({
        id: 'resp_anns_own',
        object: 'response',
        status: 'completed',
        output: [
          {
            type: 'message',
            id: 'msg_1',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
          },
        ],
      }),
    ),
  );
  const gateway = await gatewayWith({
    upstreams: [{ origin: upstream.origin }],
    clients: [clientWithKey('ann', ANN), clientWithKey('bob', BOB)],
  });
  const send = (key: string, path: string, body?: object) =>
    ask(gateway.port, {
      path,
      ...(body === undefined ? { method: 'GET' } : { body: JSON.stringify(body) }),
      headers: ['authorization', `Bearer ${key}`],
    });
  return { upstream, send };
}

test('a response that one client has made is not there for another, neither to be read nor to be continued', async () => {
  const { upstream, send } = await setting();
  const made = await send(ANN, '/v1/responses', { model: 'm', input: 'Hello', store: true });
  expect(made.status).toBe(200);
  expect((await send(ANN, '/v1/responses/resp_anns_own')).status).toBe(200);
  const turns = upstream.turns.length;
  const read = await send(BOB, '/v1/responses/resp_anns_own');
  expect(read.status).toBe(404);
  const more = { model: 'm', input: 'And?', previous_response_id: 'resp_anns_own' };
  const continued = await send(BOB, '/v1/responses', more);
  expect(continued.status).toBe(404);
  expect(JSON.parse(continued.text())).toMatchObject({ error: { param: 'previous_response_id' } });
  expect(upstream.turns.length).toBe(turns);
  expect((await send(ANN, '/v1/responses', more)).status).toBe(200);
});

test('a resource that was made through a native path belongs to its maker', async () => {
  const { send } = await setting();
  await send(ANN, '/v1/conversations', { items: [] });
  expect((await send(BOB, '/v1/conversations/resp_anns_own')).status).toBe(404);
  expect((await send(ANN, '/v1/conversations/resp_anns_own')).status).toBe(200);
});
