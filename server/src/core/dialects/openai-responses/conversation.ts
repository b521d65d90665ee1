// Which conversation a Responses request belongs to. https://platform.openai.com/docs/guides/conversation-state

import type { Bytes } from '../../bytes.ts';
import { scanObject, type Wanted } from '../../json/scan.ts';
import { addOpening, beginningOf, memberMark } from '../kit/conversation-mark.ts';

const WANTED: readonly Wanted[] = [
  ['prompt_cache_key'],
  ['conversation'],
  ['conversation', 'id'],
  ['previous_response_id'],
  ['instructions'],
  ['input'],
];

/**
 * See Dialect.conversation. A request that continues an answer by its id does not say how the conversation began, and the
 * id is another one in each turn: it has no mark unless it names a key or a conversation.
 */
export function conversation(body: Bytes): string | undefined {
  const scan = scanObject(body, WANTED);
  if (!scan.ok) return undefined;
  const [key, named, id, previous, instructions, input] = scan.found;
  const marked =
    memberMark(body, key, 'key') ??
    memberMark(body, named, 'conversation') ??
    memberMark(body, id, 'conversation');
  if (marked !== undefined) return marked;
  if (previous?.kind === 'string') return undefined;
  const beginning = beginningOf(body);
  beginning.value(instructions);
  if (input?.kind === 'string') beginning.value(input);
  else addOpening(beginning, body, input, 'content');
  return beginning.mark();
}
