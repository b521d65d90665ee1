// Google's generateContent API of Gemini and Vertex AI.

import type { Dialect } from '../dialect.ts';
import { isErrorBody } from '../kit/upstream-error.ts';
import { readAnswer } from './answer.read.ts';
import { codec } from './codec.ts';
import { conversation } from './conversation.ts';
import { encodeError, encodeStreamError } from './error.encode.ts';
import { editAnswer, editEvents } from './event.edit.ts';
import { peek } from './peek.ts';
import { watchGemini } from './stream.watch.ts';
import { createTrail } from './trail.ts';

/** The dialect. */
export const gemini: Dialect = {
  id: 'gemini',
  codec,
  peek,
  conversation,
  promptMembers: {
    head: ['tools', 'systemInstruction', 'system_instruction'],
    turns: 'contents',
    settings: ['toolConfig', 'tool_config'],
  },
  watch: watchGemini,
  trail: createTrail,
  readAnswer,
  editAnswer,
  editEvents,
  encodeError,
  encodeStreamError,
  isErrorBody,
  // Blank lines: any event would be a chunk of the answer, and Google's libraries up to 1.x choke on comments.
  heartbeat: '\r\n\r\n',
};
