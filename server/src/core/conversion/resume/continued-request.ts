// The client's request once more, for a model that goes on where another one's stream broke off.

import type { Part, TextPart } from '../../model/content.ts';
import type { ChatRequest, ReasoningWish, Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import type { SaidSoFar } from './said-so-far.ts';

/** What the user asks where a begun answer cannot be handed over as one that is to be continued. */
export const CONTINUATION_PROMPT: string =
  'Your last message was cut off by a broken connection. Continue it exactly where it stops: begin with the very next ' +
  'character, even in the middle of a word, a line or a code block. Do not repeat anything, do not open a code block ' +
  'anew, do not apologise, and do not mention the interruption.';

/** A limit is not lowered below this: formats have a least one (openai-responses: 16). */
const LEAST_OUTPUT_TOKENS = 16;

/** Characters of a token, about; rather too many, as a limit that is too low would cut the answer. */
const CHARACTERS_PER_TOKEN = 5;

/**
 * The request with what was already said. Where the target continues a begun answer (`traits.prefill`), that is the last
 * turn, without the white space at its end, which is refused there; reasoning is then off, as both together are refused,
 * or the other way is taken where it cannot be off. Elsewhere the said text is history and the user asks for the rest
 * (CONTINUATION_PROMPT). Where no text was said it is asked again as it was. What was said counts against the client's
 * limit of output tokens.
 */
export function continuedRequest(request: ChatRequest, said: SaidSoFar, traits: ModelTraits): ChatRequest {
  const { text } = said;
  if (text.trim() === '') return request;
  const limited = withRest(request, text);
  const reasoning = request.reasoning === undefined ? undefined : withoutReasoning(request.reasoning, traits);
  if (traits.prefill && reasoning !== 'needed') {
    const turns = withAnswer(request.turns, text.trimEnd());
    return { ...limited, turns, ...(reasoning === undefined ? {} : { reasoning }) };
  }
  const ask: Turn = { role: 'user', parts: [{ type: 'text', text: CONTINUATION_PROMPT }] };
  return { ...limited, turns: [...withAnswer(request.turns, text), ask] };
}

/** The wish not to reason; undefined where none is needed, 'needed' where the model cannot but reason. */
function withoutReasoning(
  wish: ReasoningWish,
  { reasoning }: ModelTraits,
): ReasoningWish | undefined | 'needed' {
  if (wish.mode === 'off' || reasoning.by === 'none') return undefined;
  return reasoning.canBeOff ? { mode: 'off' } : 'needed';
}

function withRest(request: ChatRequest, text: string): ChatRequest {
  const { maxOutputTokens } = request;
  if (maxOutputTokens === undefined) return request;
  const rest = maxOutputTokens - Math.floor(text.length / CHARACTERS_PER_TOKEN);
  return { ...request, maxOutputTokens: Math.min(maxOutputTokens, Math.max(LEAST_OUTPUT_TOKENS, rest)) };
}

/** The answer as the last turn. It joins one that the client began itself: both are one text for the model. */
function withAnswer(turns: readonly Turn[], text: string): readonly Turn[] {
  const last = turns.at(-1);
  const begun = last?.role === 'assistant' ? last.parts.at(-1) : undefined;
  if (last === undefined || begun?.type !== 'text')
    return [...turns, { role: 'assistant', parts: [{ type: 'text', text }] }];
  const joined: TextPart = { ...begun, text: begun.text + text };
  const parts: readonly Part[] = [...last.parts.slice(0, -1), joined];
  return [...turns.slice(0, -1), { ...last, parts }];
}
