// How hard to think, as Chat Completions and the vendors around it ask for it: OpenAI's `reasoning_effort`, OpenRouter's
// `reasoning` and the `thinking` of DeepSeek, Moonshot and z.ai.
// https://openrouter.ai/docs/use-cases/reasoning-tokens, https://docs.z.ai/guides/capabilities/thinking-mode

import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import { EFFORTS, type Effort, type ReasoningWish } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { booleanIn, numberIn, objectIn, type Reading, stringIn } from '../kit/read-wire.ts';

const NOTHING: ReasoningWish = {};

function effortOf(word: string | undefined): Effort | undefined {
  return EFFORTS.find((effort) => effort === word);
}

/** The wish; undefined where the client has none. The vendors' own objects stay beside it in `ext`. */
export function readReasoningWish(reading: Reading, wire: JsonObject): ReasoningWish | undefined {
  const word = stringIn(reading, wire, 'reasoning_effort');
  const router = objectIn(reading, wire, 'reasoning');
  const thinking = objectIn(reading, wire, 'thinking');
  if (word === undefined && router === undefined && thinking === undefined) return undefined;
  const fromRouter = router === undefined ? NOTHING : readRouter(reading, router);
  const fromThinking = thinking === undefined ? NOTHING : readThinking(reading, thinking);
  const effort = effortOf(word);
  // Words that the scale does not have (Groq's "default") go back to this format only.
  const strange = word !== undefined && word !== 'none' && effort === undefined;
  const ext = {
    ...(strange ? { reasoning_effort: word } : {}),
    ...(router === undefined ? {} : { reasoning: router }),
    ...(thinking === undefined ? {} : { thinking }),
  };
  return {
    ...fromThinking,
    ...fromRouter,
    ...(effort === undefined ? {} : { effort }),
    ...(word === 'none' ? { mode: 'off' } : {}),
    ...(Object.keys(ext).length === 0 ? {} : { ext }),
  };
}

function readRouter(reading: Reading, router: JsonObject): ReasoningWish {
  const word = stringIn(reading, router, 'effort');
  const effort = effortOf(word);
  const budgetTokens = numberIn(reading, router, 'max_tokens');
  const enabled = booleanIn(reading, router, 'enabled');
  const isOff = word === 'none' || enabled === false;
  const mode = isOff ? 'off' : budgetTokens !== undefined ? 'on' : enabled === true ? 'auto' : undefined;
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(mode === undefined ? {} : { mode }),
    ...(booleanIn(reading, router, 'exclude') === true ? { show: 'none' } : {}),
  };
}

function readThinking(reading: Reading, thinking: JsonObject): ReasoningWish {
  const budgetTokens = numberIn(reading, thinking, 'budget_tokens');
  const { type } = thinking;
  if (type === 'disabled') return { mode: 'off' };
  if (budgetTokens !== undefined) return { mode: 'on', budgetTokens };
  return type === 'enabled' || type === 'auto' ? { mode: 'auto' } : {};
}

/** The members that say the wish to a target. `own`: the request came in this format, so its vendors' words may go back. */
export function writeReasoningWish(
  wish: ReasoningWish,
  traits: ModelTraits,
  own: boolean,
  losses: LossReport,
): JsonObject {
  if (own && wish.ext !== undefined) return ownWords(wish, wish.ext);
  if (traits.reasoning.by === 'none') return {};
  if (traits.reasoningMember === 'reasoning_details') return routerWords(wish);
  if (wish.mode === 'off') return { reasoning_effort: 'none' };
  if (wish.effort !== undefined) return { reasoning_effort: wish.effort };
  if (wish.budgetTokens !== undefined) {
    losses.add({
      path: 'reasoning',
      feature: 'reasoning-budget',
      action: 'dropped',
      severity: 'quality',
      note: 'Chat Completions has no budget of reasoning tokens.',
    });
  }
  return {};
}

/** As they came; an effort beside them is only written where it did not come from them. */
function ownWords(wish: ReasoningWish, ext: JsonObject): JsonObject {
  const isSaid = 'reasoning_effort' in ext || 'reasoning' in ext;
  const isOff = wish.mode === 'off' && !('thinking' in ext);
  if (isSaid) return ext;
  if (isOff) return { ...ext, reasoning_effort: 'none' };
  return wish.effort === undefined ? ext : { ...ext, reasoning_effort: wish.effort };
}

function routerWords({ mode, effort, budgetTokens, show }: ReasoningWish): JsonObject {
  const exclude = show === 'none' ? { exclude: true } : {};
  if (mode === 'off') return { reasoning: { enabled: false, ...exclude } };
  if (budgetTokens !== undefined) return { reasoning: { max_tokens: budgetTokens, ...exclude } };
  if (effort !== undefined) return { reasoning: { effort, ...exclude } };
  return mode === undefined && show !== 'none' ? {} : { reasoning: { enabled: true, ...exclude } };
}
