// Anthropic's Messages API.

import type { Dialect } from '../dialect.ts';
import { isErrorBody } from '../kit/upstream-error.ts';
import { readAnswer } from './answer.read.ts';
import { codec } from './codec.ts';
import { conversation } from './conversation.ts';
import { encodeError, encodeStreamError } from './error.encode.ts';
import { editAnswer, editEvents } from './event.edit.ts';
import { peek } from './peek.ts';
import { watchMessages } from './stream.watch.ts';
import { createTrail } from './trail.ts';

/** The dialect. */
export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  codec,
  peek,
  conversation,
  promptMembers: {
    head: ['tools', 'system'],
    turns: 'messages',
    settings: ['tool_choice', 'thinking'],
  },
  watch: watchMessages,
  trail: createTrail,
  readAnswer,
  editAnswer,
  editEvents,
  encodeError,
  encodeStreamError,
  isErrorBody,
  // As Anthropic sends it itself.
  heartbeat: 'event: ping\ndata: {"type": "ping"}\n\n',
};
