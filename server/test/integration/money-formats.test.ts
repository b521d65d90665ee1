// The same answer has the same bill whatever way it takes (features 9.3, 9.9): in every format of the client and of the
// upstream, whole and streamed, over HTTP and over a WebSocket.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { askFor } from '../kit/asking.ts';
import { until } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import { ALICE, alice, nano, ONE_ANSWER, PRICES, sumOf } from '../kit/money.ts';
import { openSocket } from '../kit/responses-socket.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const WAYS = DIALECT_IDS.flatMap((client) => DIALECT_IDS.map((speaks) => [client, speaks] as const));

/** Tells reads from the cache and reasoning, each in the words of the format. */
const detailed: Behaviour = (turn) => {
  const wire = wires[turn.dialect];
  const more = (text: string): string =>
    text
      .replace(
        /"total_tokens":18/g,
        turn.dialect === 'openai-chat'
          ? '"total_tokens":18,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}'
          : '"total_tokens":18,"input_tokens_details":{"cached_tokens":4},"output_tokens_details":{"reasoning_tokens":2}',
      )
      .replace(
        /"input_tokens":11,"output_tokens":(\d)(?=\})/g,
        '"input_tokens":7,"cache_read_input_tokens":4,"output_tokens":$1',
      )
      .replace(
        /"candidatesTokenCount":7/g,
        '"candidatesTokenCount":5,"thoughtsTokenCount":2,"cachedContentTokenCount":4',
      );
  if (!turn.stream) {
    turn.whole(200, more(wire.json(turn.model, turn.text)));
    return;
  }
  turn.head(200, { 'Content-Type': 'text/event-stream' });
  for (const event of wire.events(turn.model, turn.text)) turn.piece(more(event));
  turn.end();
};

describe('an answer', () => {
  test.each(WAYS)(
    '9.3 9.9 asked as %s and served as %s has one bill, whole and streamed',
    async (client, speaks) => {
      const server = await provider(detailed);
      const gateway = await gatewayWith({
        prices: PRICES,
        upstreams: [{ origin: server.origin, dialects: [speaks] }],
        clients: [alice(1e9)],
      });
      for (const stream of [false, true]) {
        const answer = await askFor(gateway, { client: ALICE, dialect: client, stream });
        expect(answer.status).toBe(200);
        const row = await gateway.row(answer.header('x-sluice-request-id'));
        const reasoning = speaks === 'anthropic-messages' ? 0 : 2;
        expect(row.cost).toMatchObject({
          state: 'exact',
          totalNanoUsd: ONE_ANSWER,
          parts: {
            inputUncached: nano(7, 0),
            cacheRead: nano(4, 0),
            outputText: nano(0, 7 - reasoning),
            outputReasoning: nano(0, reasoning),
          },
        });
        expect(row.usageEstimated).toBe(false);
      }
    },
  );

  test.each(['openai-responses', 'openai-chat'] as const)(
    '9.9 over a WebSocket has it, too, and each turn is paid from the budget (served as %s)',
    async (speaks) => {
      const server = await provider(detailed);
      const gateway = await gatewayWith({
        prices: PRICES,
        upstreams: [{ origin: server.origin, dialects: [speaks] }],
        clients: [alice(2 * ONE_ANSWER)],
      });
      const socket = await openSocket(gateway.port, { authorization: `Bearer ${ALICE}` });
      for (const type of ['response.completed', 'response.completed', 'error'])
        expect((await socket.ask({ model: 'm', input: 'Hello' })).at(-1)?.type).toBe(type);
      await until(() => gateway.closed.length >= 3);
      expect(sumOf(gateway.closed.map(({ cost }) => cost))).toBe(2 * ONE_ANSWER);
      expect(gateway.closed.filter(({ errorCode }) => errorCode === 'budget_exceeded')).toHaveLength(1);
    },
  );
});
