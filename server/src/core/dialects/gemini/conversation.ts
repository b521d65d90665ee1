// Which conversation a Gemini request belongs to. Google reads both spellings of each member.
// https://ai.google.dev/api/generate-content

import type { Bytes } from '../../bytes.ts';
import { scanObject, type Wanted } from '../../json/scan.ts';
import { addOpening, beginningOf, memberMark } from '../kit/conversation-mark.ts';

const WANTED: readonly Wanted[] = [
  ['cachedContent'],
  ['cached_content'],
  ['systemInstruction', 'parts'],
  ['system_instruction', 'parts'],
  ['contents'],
];

/**
 * See Dialect.conversation. A cache made before is shared by all that build upon it and lives with one account: where it
 * is named, it decides.
 */
export function conversation(body: Bytes): string | undefined {
  const scan = scanObject(body, WANTED);
  if (!scan.ok) return undefined;
  const [cache, snakeCache, system, snakeSystem, contents] = scan.found;
  const marked = memberMark(body, cache, 'cache') ?? memberMark(body, snakeCache, 'cache');
  if (marked !== undefined) return marked;
  const beginning = beginningOf(body);
  beginning.content(system ?? snakeSystem);
  addOpening(beginning, body, contents, 'parts');
  return beginning.mark();
}
