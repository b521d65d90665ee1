// A complete answer as the events of a stream, so that a client that wants a stream can have it from an answer that came
// whole, and so that every answer goes one way through a conversion. The inverse of ./fold.ts.

import type { Part } from './content.ts';
import type { Emit } from './event.ts';
import type { ChatResponse, Choice } from './response.ts';

/**
 * What is known of a part when it begins: type, ids, names and members of its format. Text, sections and arguments are
 * empty, and what only the end tells (token, citations, log-probabilities) is not there yet. What comes whole is whole:
 * media, parts of vendors, and reasoning of which nothing is shown.
 */
export function skeletonOf(part: Part): Part {
  switch (part.type) {
    case 'text': {
      const { citations: _citations, logprobs: _logprobs, token: _token, ...begun } = part;
      return { ...begun, text: '' };
    }
    case 'refusal': {
      const { token: _token, ...begun } = part;
      return { ...begun, text: '' };
    }
    case 'reasoning': {
      if (part.sections.length === 0) return part;
      const { token: _token, ...begun } = part;
      return { ...begun, sections: [] };
    }
    case 'tool-call': {
      const { token: _token, ...begun } = part;
      return { ...begun, arguments: '' };
    }
    default:
      return part;
  }
}

/** Emits the events of an answer: each block with one delta, or one for each of its sections. */
export function unfold(response: ChatResponse, emit: Emit): void {
  const { id, model, createdAt, serviceTier, ext, choices, usage } = response;
  emit({
    type: 'start',
    id,
    model,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(ext === undefined ? {} : { ext }),
  });
  let block = 0;
  for (const choice of choices) block = unfoldChoice(choice, block, emit);
  if (usage !== undefined) emit({ type: 'usage', usage });
  emit({ type: 'end' });
}

/** Numbers the blocks of a choice from `block`; returns the next number. */
function unfoldChoice(choice: Choice, block: number, emit: Emit): number {
  for (const part of choice.parts) {
    emit({ type: 'open', block, choice: choice.index, part: skeletonOf(part) });
    unfoldContent(part, block, emit);
    emit({ type: 'close', block, part });
    block++;
  }
  emit({ type: 'stop', choice: choice.index, stop: choice.stop });
  return block;
}

function unfoldContent(part: Part, block: number, emit: Emit): void {
  switch (part.type) {
    case 'text':
      if (part.text !== '') {
        const { text, logprobs } = part;
        emit({ type: 'delta', block, text, ...(logprobs === undefined ? {} : { logprobs }) });
      }
      for (const citation of part.citations ?? []) emit({ type: 'citation', block, citation });
      return;
    case 'refusal':
      if (part.text !== '') emit({ type: 'delta', block, text: part.text });
      return;
    case 'tool-call':
      if (part.arguments !== '') emit({ type: 'delta', block, text: part.arguments });
      return;
    case 'reasoning':
      part.sections.forEach((text, section) => {
        if (section > 0) emit({ type: 'section', block });
        if (text !== '') emit({ type: 'delta', block, text });
      });
      return;
    default:
      return;
  }
}
