// Reads answers of any of the four formats, whole or event by event.

import type { WireEvent } from '../wire/event-reader.ts';
import type { Dialect } from '../wire/formats.ts';
import { type JsonObject, objectOf, parseJson } from '../wire/json.ts';
import { readMessage, readMessagesEvent } from './anthropic-messages.ts';
import { beginDraft, type Draft } from './draft.ts';
import { failureIn } from './failure.ts';
import { readGemini } from './gemini.ts';
import { readChat } from './openai-chat.ts';
import { readResponse, readResponsesEvent } from './openai-responses.ts';
import type { Reply } from './reply.ts';

type Read = (draft: Draft, json: JsonObject) => void;

const READERS: Readonly<Record<Dialect, { readonly whole: Read; readonly event: Read }>> = {
  'openai-chat': { whole: readChat, event: readChat },
  'openai-responses': { whole: readResponse, event: readResponsesEvent },
  'anthropic-messages': { whole: readMessage, event: readMessagesEvent },
  gemini: { whole: readGemini, event: readGemini },
};

/** Reads the events of one answer. */
export interface ReplyReader {
  event(event: WireEvent): void;
  /** The model has said something. */
  hasOutput(): boolean;
  reply(): Reply;
}

/** Begins to read a stream. Events that are no JSON ("[DONE]") or unknown are passed over. */
export function readReply(dialect: Dialect): ReplyReader {
  const draft = beginDraft();
  return {
    event: ({ data }) => {
      const json = objectOf(parseJson(data));
      if (json !== undefined) read(draft, READERS[dialect].event, json);
    },
    hasOutput: () => draft.hasOutput(),
    reply: () => draft.reply(),
  };
}

/** Reads an answer that came at once; empty where it is no JSON. */
export function wholeReply(dialect: Dialect, text: string): Reply {
  const draft = beginDraft();
  const json = objectOf(parseJson(text));
  if (json !== undefined) read(draft, READERS[dialect].whole, json);
  return draft.reply();
}

function read(draft: Draft, by: Read, json: JsonObject): void {
  // A whole response has a member "error" that is null where nothing failed.
  const failure = failureIn(json);
  if (failure !== undefined) draft.note({ failure });
  by(draft, json);
}
