// Which conversation a chat request belongs to. https://platform.openai.com/docs/guides/prompt-caching

import type { Bytes } from '../../bytes.ts';
import { scanObject, type Wanted } from '../../json/scan.ts';
import { addOpening, beginningOf, memberMark } from '../kit/conversation-mark.ts';

const WANTED: readonly Wanted[] = [['prompt_cache_key'], ['messages']];

/** See Dialect.conversation. */
export function conversation(body: Bytes): string | undefined {
  const scan = scanObject(body, WANTED);
  if (!scan.ok) return undefined;
  const [key, messages] = scan.found;
  const marked = memberMark(body, key, 'key');
  if (marked !== undefined) return marked;
  const beginning = beginningOf(body);
  addOpening(beginning, body, messages, 'content');
  return beginning.mark();
}
