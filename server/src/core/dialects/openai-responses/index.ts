// OpenAI's Responses API.

import type { Dialect } from '../dialect.ts';
import { isErrorBody } from '../kit/upstream-error.ts';
import { readAnswer } from './answer.read.ts';
import { codec } from './codec.ts';
import { conversation } from './conversation.ts';
import { encodeError, encodeStreamError } from './error.encode.ts';
import { editAnswer, editEvents } from './event.edit.ts';
import { peek } from './peek.ts';
import { watchResponses } from './stream.watch.ts';
import { createTrail } from './trail.ts';

/** The dialect. */
export const openaiResponses: Dialect = {
  id: 'openai-responses',
  codec,
  peek,
  conversation,
  promptMembers: {
    head: ['tools', 'instructions'],
    turns: 'input',
    settings: ['tool_choice', 'reasoning', 'text'],
  },
  watch: watchResponses,
  trail: createTrail,
  readAnswer,
  editAnswer,
  editEvents,
  encodeError,
  encodeStreamError,
  isErrorBody,
  // An event, as the idle timer of Codex is not reset by comments; SDKs skip events of this unknown type.
  heartbeat: 'event: keepalive\ndata: {"type":"keepalive"}\n\n',
  // OpenAI's library takes nothing but response.created for the first event.
  earlyHeartbeat: ': ping\n\n',
};
