// Puts turns together for formats whose messages are whole: neighbours of one role become one, results of tools come first
// in a turn of the user, and what is empty goes.

import type { Part } from './content.ts';
import type { Turn } from './request.ts';

/** Results first: every format wants them right after the calls, before anything else that the user says. */
export function resultsFirst(parts: readonly Part[]): readonly Part[] {
  if (parts.length < 2) return parts;
  const results = parts.filter((part) => part.type === 'tool-result');
  if (results.length === 0 || results.length === parts.length) return parts;
  return [...results, ...parts.filter((part) => part.type !== 'tool-result')];
}

/**
 * Neighbouring turns of the user, or of the assistant, as one each; turns of system and developer stay single. Turns
 * without parts are left out. Names and item ids of joined turns are the first one's.
 */
export function gathered(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = [];
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at];
    if (turn === undefined || turn.parts.length === 0) continue;
    if (turn.role !== 'user' && turn.role !== 'assistant') {
      joined.push(turn);
      continue;
    }
    let whole: Part[] | undefined;
    for (let next = turns[at + 1]; joins(next, turn); next = turns[at + 1]) {
      at += 1;
      if (next.parts.length === 0) continue;
      whole ??= [...turn.parts];
      for (const part of next.parts) whole.push(part);
    }
    const parts = turn.role === 'user' ? resultsFirst(whole ?? turn.parts) : (whole ?? turn.parts);
    joined.push(parts === turn.parts ? turn : { ...turn, parts });
  }
  return joined;
}

/** True for a turn of the same role, and for one that says nothing. */
function joins(next: Turn | undefined, turn: Turn): next is Turn {
  return next !== undefined && (next.role === turn.role || next.parts.length === 0);
}
