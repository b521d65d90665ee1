// Puts turns together for formats whose messages are whole: neighbours of one role become one, results of tools come first
// in a turn of the user, and what is empty goes.

import type { Part } from './content.ts';
import type { Turn } from './request.ts';

/** Results first: every format wants them right after the calls, before anything else that the user says. */
function resultsFirst(parts: readonly Part[]): readonly Part[] {
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
  for (const turn of turns) {
    if (turn.parts.length === 0) continue;
    const last = joined.at(-1);
    const joins = last?.role === turn.role && (turn.role === 'user' || turn.role === 'assistant');
    if (joins && last !== undefined)
      joined[joined.length - 1] = { ...last, parts: [...last.parts, ...turn.parts] };
    else joined.push(turn);
  }
  return joined.map((turn) => (turn.role === 'user' ? { ...turn, parts: resultsFirst(turn.parts) } : turn));
}
