// Which conversation a Messages request belongs to. https://docs.anthropic.com/en/api/messages

import type { Bytes } from '../../bytes.ts';
import { scanObject, stringAt, type Wanted } from '../../json/scan.ts';
import { objectOf, parseJson, textOf } from '../../model/json.ts';
import { addOpening, beginningOf, idMark } from '../kit/conversation-mark.ts';

const WANTED: readonly Wanted[] = [['metadata', 'user_id'], ['system'], ['messages']];

/** `user_<hash>_account_<id>_session_<id>`, as Claude Code wrote it before it wrote JSON. */
const SESSION = /_session_([0-9A-Za-z-]{8,64})$/;

/** The id of the session in a user id, in either of Claude Code's forms. */
function sessionIn(userId: string): string | undefined {
  if (userId.startsWith('{')) return textOf(objectOf(parseJson(userId))?.['session_id']);
  return SESSION.exec(userId)?.[1];
}

/**
 * See Dialect.conversation. A user id without a session would tie all conversations of a person together: it only tells
 * conversations of different people apart that begin alike.
 */
export function conversation(body: Bytes): string | undefined {
  const scan = scanObject(body, WANTED);
  if (!scan.ok) return undefined;
  const [user, system, messages] = scan.found;
  const session = user?.kind === 'string' ? sessionIn(stringAt(body, user)) : undefined;
  if (session !== undefined) return idMark('session', session);
  const beginning = beginningOf(body);
  beginning.content(system);
  addOpening(beginning, body, messages, 'content');
  if (beginning.mark() === undefined) return undefined;
  beginning.value(user);
  return beginning.mark();
}
