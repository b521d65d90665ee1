// Conversations over the admin API: what agents send as their ids is what comes back, with its money.

import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ConversationPage, ConversationView } from '../../src/admin/contract.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { type AdminAnswer, AS_ADMIN, adminSetup, fakeQueries, send } from '../kit/admin.ts';
import { startGateway } from '../kit/gateway.ts';
import { closing, cost, opening } from '../stores/exchanges.ts';
import { temporaryFolder } from '../stores/folder.ts';

type Get = (path: string) => Promise<AdminAnswer>;

async function gatewayOf(parts: Parameters<typeof adminSetup>[0]): Promise<Get> {
  const gateway = await startGateway({
    upstreams: [{ origin: 'http://127.0.0.1:1' }],
    ...adminSetup(parts),
  });
  onTestFinished(() => gateway.stop());
  return (path) => send(gateway.port, 'GET', `/admin/v1${path}`, AS_ADMIN);
}

test('a run of an agent is one conversation with its subagents, its turns and what it cost', async () => {
  const opened = await openLedger({
    path: join(temporaryFolder(), 'sluice.db'),
    retentionDays: 0,
    onTrouble: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.message);
  const { ledger, queries } = opened;
  onTestFinished(() => ledger.shut());
  const id = 'run/1 of "all" <b>';
  const startMs = Date.now() - 60_000;
  for (const [at, agentId] of [undefined, 'plan', 'plan'].entries()) {
    const first = opening(`r${at}`, { conversationId: id, agentId, receivedAtMs: startMs + at * 10 });
    ledger.open(first).close(closing(`r${at}`, { endedAtMs: startMs + at * 10 + 5, cost: cost(1_000_000) }));
  }
  const other = opening('r9', { conversationId: 'session-7', receivedAtMs: startMs - 3_600_000 });
  ledger.open(other).close(closing('r9'));
  await ledger.flush();
  const get = await gatewayOf({ queries });

  const page = (await get('/conversations?last=1h&client=alice')).body as ConversationPage;
  expect(page).toEqual({
    conversations: [expect.objectContaining({ id, requests: 3, agents: 1, costUsd: 0.003, cut: false })],
    next: null,
  });
  const one = (await get(`/conversation?id=${encodeURIComponent(id)}`)).body as ConversationView;
  expect(one).toMatchObject({ ...page.conversations[0] });
  expect(one.byAgent.map(({ id: agent, requests, costUsd }) => [agent, requests, costUsd])).toEqual([
    ['plan', 2, 0.002],
    [null, 1, 0.001],
  ]);
  expect(one.turns).toMatchObject([
    { id: 'r0', durationMs: 5, costUsd: 0.001 },
    { id: 'r1', agentId: 'plan' },
    { id: 'r2', agentId: 'plan' },
  ]);
  const plain = (await get('/conversations/session-7')).body;
  expect(plain).toMatchObject({ id: 'session-7', requests: 1, agents: 0 });
  const none = await get('/conversations/nobody');
  expect([none.status, none.body]).toMatchObject([404, { error: { code: 'not_found' } }]);
});

test('the list of conversations hands on period, filters, search and cursor, and refuses what it does not know', async () => {
  const queries = fakeQueries({ conversations: { conversations: [], next: '5.9' } });
  const get = await gatewayOf({ queries });
  const answer = await get('/conversations?from=1000&to=3000&model=a&model=b&search=run&before=7.9&limit=20');
  expect(answer.body).toEqual({ conversations: [], next: '5.9' });
  expect(queries.asked).toEqual([
    {
      kind: 'conversations',
      question: {
        period: { fromMs: 1000, toMs: 3000 },
        only: { model: ['a', 'b'] },
        search: 'run',
        before: '7.9',
        limit: 20,
      },
    },
  ]);
  expect((await get('/conversations?limit=201')).status).toBe(400);
  expect((await get('/conversations?outcome=error')).status).toBe(400);
  expect((await get('/conversations/x')).status).toBe(503);
});
