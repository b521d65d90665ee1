// A mark for the provider's prompt cache where the client sets none and the route wants one: a single mark on the whole
// request, which Anthropic moves along with the conversation.
// https://docs.claude.com/en/docs/build-with-claude/prompt-caching

import type { Edit } from '../core/dialects/dialect.ts';
import type { ChatRequest } from '../core/model/request.ts';
import type { Exchange, Target } from './context.ts';

/** The format whose providers cache only what is marked. */
const MARKED = 'anthropic-messages';

function wantsMark({ route, use }: Exchange, { dialect }: Target): boolean {
  return route.promptCacheMarks === 'auto' && use === 'generate' && dialect === MARKED;
}

/** The mark as an edit of a body that goes through as it is; undefined where the client set marks itself, or none is wanted. */
export function markEdit(exchange: Exchange, target: Target): Edit | undefined {
  if (!wantsMark(exchange, target) || exchange.body.includes('"cache_control"')) return undefined;
  const at = exchange.body.indexOf('{') + 1;
  return { start: at, end: at, text: '"cache_control":{"type":"ephemeral"},' };
}

/** The request with the mark, before it is converted. */
export function withMark(request: ChatRequest, exchange: Exchange, target: Target): ChatRequest {
  if (!wantsMark(exchange, target) || isMarked(request)) return request;
  return { ...request, promptCache: { ...request.promptCache, automatic: {} } };
}

function isMarked({ promptCache, tools, turns }: ChatRequest): boolean {
  if (promptCache?.automatic !== undefined || tools.some(({ cache }) => cache !== undefined)) return true;
  return turns.some(({ parts }) => parts.some(({ cache }) => cache !== undefined));
}
