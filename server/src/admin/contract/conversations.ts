// Conversations: all exchanges that carry the same conversation id, which is one run of an agent with its subagents.

import { z } from 'zod';
import { type ExchangeRow, exchangeRowSchema } from './exchanges.ts';
import { type OnlyQuery, onlyMembers, type PeriodQuery, periodMembers } from './period.ts';
import { type TotalsView, tokensSchema } from './totals.ts';

/** Query of the list. */
export interface ConversationsQuery extends PeriodQuery, OnlyQuery {
  readonly search?: string | undefined;
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
}

const text = z.string().min(1).max(512);

/** Schema of ConversationsQuery. */
export const conversationsQuery: z.ZodType<ConversationsQuery> = z.strictObject({
  ...periodMembers,
  ...onlyMembers,
  search: text
    .optional()
    .describe('What the id, or the name of a model, client or agent begins with; or a whole id.'),
  before: text.optional().describe('`next` of the page before.'),
  limit: z.int().min(1).max(200).optional().describe('50 where absent.'),
});

/** One conversation with the sums of its exchanges. Times are epoch milliseconds. */
export interface ConversationRow {
  readonly id: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly clientIds: readonly string[];
  readonly models: readonly string[];
  readonly upstreams: readonly string[];
  readonly agents: number;
  readonly requests: number;
  readonly errors: number;
  readonly open: number;
  readonly tokens: TotalsView['tokens'];
  readonly costNanoUsd: number;
  readonly costUsd: number;
  readonly unpriced: number;
  readonly cacheHits: number;
  readonly savedNanoUsd: number;
  readonly cut: boolean;
}

const sumMembers = {
  firstAtMs: z.number().describe('When its first exchange was received.'),
  lastAtMs: z.number().describe('When its last exchange was received.'),
  models: z.array(z.string()),
  requests: z.number().describe('Also those that run.'),
  errors: z.number().describe('Also those that were interrupted, without those whose client left.'),
  tokens: tokensSchema,
  costNanoUsd: z.number(),
  costUsd: z.number(),
  unpriced: z.number().describe('Requests whose price is not known.'),
};

const rowMembers = {
  id: z.string(),
  ...sumMembers,
  clientIds: z.array(z.string()),
  upstreams: z.array(z.string()),
  agents: z.number().describe('Distinct agent ids (subagents); 0 where none was told.'),
  open: z.number().describe('Exchanges that run.'),
  cacheHits: z.number(),
  savedNanoUsd: z.number().describe('What cached answers would have cost.'),
  cut: z
    .boolean()
    .describe('It has more exchanges than were counted: the sums are those of the newest ones.'),
};

/** A page of the list: those with the newest exchanges first. */
export interface ConversationPage {
  readonly conversations: readonly ConversationRow[];
  /** For `before` of the next page; null at the end. A page may be short, and even empty, before that. */
  readonly next: string | null;
}

/** Schema of ConversationPage. */
export const conversationPageSchema: z.ZodType<ConversationPage> = z.object({
  conversations: z.array(z.object(rowMembers)),
  next: z.string().nullable(),
});

/** What the exchanges of one agent in a conversation come to. */
export interface AgentRow {
  /** null: those that told no agent. */
  readonly id: string | null;
  readonly requests: number;
  readonly errors: number;
  readonly models: readonly string[];
  readonly tokens: TotalsView['tokens'];
  readonly costNanoUsd: number;
  readonly costUsd: number;
  readonly unpriced: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly durationMs: number;
}

/** One conversation with its agents and its exchanges. */
export interface ConversationView extends ConversationRow {
  /** Most exchanges first. */
  readonly byAgent: readonly AgentRow[];
  /** The newest 500, oldest first. */
  readonly turns: readonly ExchangeRow[];
}

/** Schema of ConversationView. */
export const conversationSchema: z.ZodType<ConversationView> = z.object({
  ...rowMembers,
  byAgent: z.array(
    z.object({
      id: z.string().nullable().describe('null: exchanges that told no agent.'),
      ...sumMembers,
      durationMs: z.number().describe('How long its exchanges took together.'),
    }),
  ),
  turns: z.array(exchangeRowSchema).describe('The newest 500 exchanges, oldest first.'),
});

/** The path of one conversation, and its query where it is asked for without a path. */
export const conversationPath: z.ZodType<{ readonly id: string }> = z.object({ id: text });
