// OpenAI's Chat Completions, which most other vendors speak too, with its embeddings, moderations and legacy completions.

import type { Dialect } from '../dialect.ts';
import { isErrorBody } from '../kit/upstream-error.ts';
import { readAnswer } from './answer.read.ts';
import { codec } from './codec.ts';
import { conversation } from './conversation.ts';
import { encodeError, encodeStreamError } from './error.encode.ts';
import { editAnswer, editEvents } from './event.edit.ts';
import { peek } from './peek.ts';
import { watchChat } from './stream.watch.ts';
import { createTrail } from './trail.ts';

/** The dialect. */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  codec,
  peek,
  conversation,
  promptMembers: { head: ['tools'], turns: 'messages', settings: ['tool_choice', 'response_format'] },
  watch: watchChat,
  trail: createTrail,
  readAnswer,
  editAnswer,
  editEvents,
  encodeError,
  encodeStreamError,
  isErrorBody,
  // A comment: SDKs skip it, and a chunk without choices would trip those who read choices[0].
  // One line end: older Python libraries take an empty line after an `id:` line for an event.
  heartbeat: ': ping\n',
};
