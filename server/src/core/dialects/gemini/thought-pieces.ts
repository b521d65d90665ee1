// Thoughts of other vendors that were streamed to a client of this format. They reached it as pieces, the proof of all of
// them with the last one, and Google's library sends every piece back as a content of its own. The proof is for the whole
// text, so the pieces are put together again.

import type { Part, ReasoningPart } from '../../model/content.ts';
import type { Turn } from '../../model/request.ts';

/** The turns with such thoughts whole; turns that held nothing but pieces are gone. The same list where there are none. */
export function rejoined(turns: readonly Turn[]): readonly Turn[] {
  if (!turns.some((turn) => turn.parts.some(isProof))) return turns;
  /** Where the pieces stand that no proof has come for yet; each is the last of its list. */
  let pieces: Part[][] = [];
  const joined = turns.map((turn) => {
    const parts: Part[] = [];
    if (turn.role !== 'assistant') pieces = [];
    for (const part of turn.parts) {
      if (part.type === 'reasoning' && isProof(part)) {
        parts.push({ ...part, sections: sectionsOf(pieces, part) });
        pieces = [];
      } else {
        parts.push(part);
        if (part.type === 'reasoning' && part.token === undefined) pieces.push(parts);
        else pieces = [];
      }
    }
    return { before: turn, parts };
  });
  return joined.flatMap(({ before, parts }) =>
    parts.length === 0 && before.parts.length > 0 ? [] : [{ ...before, parts }],
  );
}

/** Reasoning with the token of another vendor. Redacted reasoning never had a text. */
function isProof(part: Part): boolean {
  if (part.type !== 'reasoning' || part.token === undefined) return false;
  return part.token.vendor !== 'gemini' && part.token.kind !== 'redacted';
}

/** Takes the pieces off their lists. */
function sectionsOf(pieces: readonly Part[][], proof: ReasoningPart): readonly string[] {
  const texts = pieces.toReversed().map((list) => {
    const piece = list.pop();
    return piece?.type === 'reasoning' ? piece.sections.join('') : '';
  });
  const text = texts.reverse().join('') + proof.sections.join('');
  return text === '' ? [] : [text];
}
