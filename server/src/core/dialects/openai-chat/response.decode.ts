// Reads a complete answer: as one large chunk of a stream, so that both come to the same.

import type { Part } from '../../model/content.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import type { StartEvent, StreamEvent } from '../../model/event.ts';
import { isObject } from '../../model/json.ts';
import type { Choice, Stop } from '../../model/response.ts';
import type { Usage } from '../../model/usage.ts';
import type { Codec } from '../dialect.ts';
import { createAnswerReader } from './stream.decode.ts';

/** See Codec.decodeResponse. */
export const decodeResponse: Codec['decodeResponse'] = (wire) => {
  if (!isObject(wire))
    return sluiceError('upstream_answer', 'The upstream answered with something that is no object.');
  const parts = new Map<number, Part[]>();
  const choiceOfBlock = new Map<number, number>();
  const choices: Choice[] = [];
  let start: StartEvent | undefined;
  let usage: Usage | undefined;
  let error: SluiceError | undefined;

  function partsOf(choice: number): Part[] {
    let list = parts.get(choice);
    if (list === undefined) {
      list = [];
      parts.set(choice, list);
    }
    return list;
  }

  function gather(event: StreamEvent): void {
    if (event.type === 'start') start = event;
    else if (event.type === 'open') choiceOfBlock.set(event.block, event.choice);
    else if (event.type === 'close') partsOf(choiceOfBlock.get(event.block) ?? 0).push(event.part);
    else if (event.type === 'usage') usage = event.usage;
    else if (event.type === 'error') error = event.error;
    else if (event.type === 'stop') choices.push(choiceOf(event.choice, event.stop));
  }

  function choiceOf(index: number, stop: Stop): Choice {
    return { index, parts: partsOf(index), stop };
  }

  const reader = createAnswerReader(gather);
  reader.chunk(wire, '', '');
  reader.end(true);
  if (error !== undefined) return answerError(error);
  if (start === undefined) return sluiceError('upstream_answer', 'The upstream answered without choices.');
  const { type: _, usage: _none, ...facts } = start;
  return {
    origin: 'openai-chat',
    ...facts,
    choices: choices.sort((a, b) => a.index - b.index),
    ...(usage === undefined ? {} : { usage }),
  };
};

/** What the reader of streams says of a stream, said of an answer. */
function answerError(error: SluiceError): SluiceError {
  if (error.code === 'upstream_answer')
    return sluiceError('upstream_answer', 'The upstream answered without choices.');
  return {
    ...error,
    message: error.message.replace('an error in its stream', 'an error in a successful answer'),
  };
}
