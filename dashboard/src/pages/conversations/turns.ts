// A conversation turn by turn: what each one sent, what it had cost by then, and how long nothing had happened before it.

import type {
  AgentRow,
  ConversationView,
  ExchangeRow,
  TotalsView,
} from '../../../../server/src/admin/contract.ts';
import { type TokenFigures, tokensOf } from '../requests/tokens.ts';

/** Providers usually forget a prompt that nobody reads for so long. */
export const LONG_GAP_MS: number = 5 * 60_000;

/** One turn. */
export interface Turn {
  readonly row: ExchangeRow;
  readonly id: string;
  readonly tokens: TokenFigures | undefined;
  /** Since the end of those before it; absent for the first one, and while another was still running. */
  readonly gapMs: number | undefined;
  /** What all turns up to this one have cost. */
  readonly sumNanoUsd: number;
}

/** Which turns are meant: everyone's, those that told no agent (null), or those of one agent. */
export type Whose = { readonly agent: string | null } | undefined;

/** What a request has cost as far as it is known. */
function costOf({ cost }: ExchangeRow): number {
  return cost === undefined ? 0 : cost.totalNanoUsd;
}

/** The turns of a conversation, or of one of its agents, oldest first. */
export function turnsOf(
  view: Pick<ConversationView, 'turns' | 'costNanoUsd' | 'byAgent'>,
  whose: Whose,
): Turn[] {
  const rows =
    whose === undefined ? view.turns : view.turns.filter(({ agentId }) => (agentId ?? null) === whose.agent);
  const all = whose === undefined ? view.costNanoUsd : agentOf(view.byAgent, whose.agent)?.costNanoUsd;
  const listed = rows.reduce((sum, row) => sum + costOf(row), 0);
  // Of a long conversation only the newest turns are listed: their sum begins where the others left it.
  let sumNanoUsd = Math.max(0, (all ?? listed) - listed);
  let endedAtMs: number | undefined;
  return rows.map((row) => {
    const gapMs = endedAtMs === undefined ? undefined : row.receivedAtMs - endedAtMs;
    endedAtMs = Math.max(endedAtMs ?? 0, row.endedAtMs ?? row.receivedAtMs);
    sumNanoUsd += costOf(row);
    return {
      row,
      id: row.id,
      tokens: tokensOf(row.usage),
      gapMs: gapMs === undefined || gapMs < 0 ? undefined : gapMs,
      sumNanoUsd,
    };
  });
}

/** The sums of one agent. */
export function agentOf(byAgent: readonly AgentRow[], id: string | null): AgentRow | undefined {
  return byAgent.find((agent) => agent.id === id);
}

/** All input tokens of sums. */
export function inputOf({ inputUncached, cacheRead, cacheWrite, inputAudio }: TotalsView['tokens']): number {
  return inputUncached + cacheRead + cacheWrite + inputAudio;
}

/** All output tokens of sums. */
export function outputOf({ outputText, outputReasoning, outputAudio }: TotalsView['tokens']): number {
  return outputText + outputReasoning + outputAudio;
}

/** The share of the input that prompt caches knew; undefined where nothing was sent. */
export function cachedShareOf(tokens: TotalsView['tokens']): number | undefined {
  const input = inputOf(tokens);
  return input === 0 ? undefined : tokens.cacheRead / input;
}
