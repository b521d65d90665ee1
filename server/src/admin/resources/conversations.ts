// Conversations: what one run of an agent cost, in all and turn by turn.

import { usdOf } from '../../core/pricing/money.ts';
import type { ConversationDetail, ConversationSummary } from '../../exchange/ledger-queries.ts';
import type { AdminApp } from '../app.ts';
import { refused, type Told, told } from '../app.ts';
import {
  type AgentRow,
  type ConversationRow,
  type ConversationView,
  conversationPageSchema,
  conversationPath,
  conversationSchema,
  conversationsQuery,
} from '../contract/conversations.ts';
import type { AdminParts } from '../parts.ts';
import { rowView } from './exchanges.ts';
import { askLedger, periodOf, selectedOf } from './period.ts';

const UNKNOWN = {
  status: 404,
  code: 'not_found',
  message: 'The ledger has no exchange of this conversation.',
  suggestion:
    'GET /admin/v1/conversations lists what there is. Old exchanges are forgotten (storage.retentionDays).',
} as const;

/** Registers the endpoints. */
export function registerConversations(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/conversations',
    name: 'conversations.list',
    summary: 'Conversations (runs of agents) with what they cost, newest first, page by page',
    description:
      'Period and filters say which conversations are meant: those that have such an exchange. The sums are those of all of their exchanges.',
    query: conversationsQuery,
    answer: conversationPageSchema,
    run: async ({ query }) => {
      const { search, before, limit = 50 } = query;
      const timed = query.from !== undefined || query.to !== undefined || query.last !== undefined;
      const answer = await askLedger(parts, 'conversations', {
        only: selectedOf(query),
        limit,
        ...(timed ? { period: periodOf(query, parts.clock.epochMs()) } : {}),
        ...(search === undefined ? {} : { search }),
        ...(before === undefined ? {} : { before }),
      });
      if (!answer.ok) return answer;
      const { conversations, next } = answer.body;
      return told({ conversations: conversations.map(conversationRow), next: next ?? null });
    },
  });
  app.route({
    method: 'GET',
    path: '/conversations/{id}',
    name: 'conversations.get',
    summary: 'One conversation: its sums, its agents, and its exchanges turn by turn',
    params: conversationPath,
    answer: conversationSchema,
    run: ({ params }) => oneOf(parts, params.id),
  });
  app.route({
    method: 'GET',
    path: '/conversation',
    name: 'conversations.find',
    summary: 'One conversation of any id, also of one that cannot stand in a path',
    description: 'Clients choose these ids: some have a slash in them, which no path here may hold.',
    query: conversationPath,
    answer: conversationSchema,
    run: ({ query }) => oneOf(parts, query.id),
  });
}

async function oneOf(parts: AdminParts, id: string): Promise<Told<ConversationView>> {
  const answer = await askLedger(parts, 'conversation', { id });
  if (!answer.ok) return answer;
  return answer.body === undefined ? refused(UNKNOWN) : told(conversationView(answer.body));
}

function conversationRow(summary: ConversationSummary): ConversationRow {
  return { ...summary, costUsd: usdOf(summary.costNanoUsd) };
}

function conversationView({ byAgent, turns, ...summary }: ConversationDetail): ConversationView {
  return {
    ...conversationRow(summary),
    byAgent: byAgent.map(({ id, ...sums }): AgentRow => {
      return { ...sums, id: id ?? null, costUsd: usdOf(sums.costNanoUsd) };
    }),
    turns: turns.map(rowView),
  };
}
