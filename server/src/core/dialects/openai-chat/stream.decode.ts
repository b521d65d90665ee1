// Reads a streamed answer of Chat Completions, as OpenAI and the vendors around it send it.
// https://platform.openai.com/docs/api-reference/chat-streaming

import { type SluiceError, sluiceError } from '../../model/error.ts';
import type { Emit } from '../../model/event.ts';
import { isFilled, isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { Codec } from '../dialect.ts';
import { brokenEvent } from '../kit/broken-event.ts';
import { createEventParser, type Likeness } from '../kit/like-events.ts';
import { withBesides } from '../kit/openai-usage.ts';
import { unknownMembers } from '../kit/read-wire.ts';
import { reportedError, streamError } from '../kit/upstream-error.ts';
import { type ChoiceReader, createChoiceReader } from './choice.decode.ts';
import { readUsage } from './usage.ts';

/** Members of a chunk or answer that the model has a place for, and padding that means nothing (G25). */
const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'service_tier',
  'error',
  'obfuscation',
  'p',
]);

const TOO_EARLY = 'The upstream ended its stream before the answer was complete.';

/** Reads the chunks of an answer, or the whole of it as one. */
export interface AnswerReader {
  /** `name`: of the event, '' without one. */
  chunk(json: unknown, name: string, data: string): void;
  /** Nothing follows. `isComplete`: the upstream itself said so; then a choice without a reason has ended well (G6). */
  end(isComplete: boolean): void;
}

const TEXTS = ['content', 'reasoning_content', 'reasoning'];

const DELTAS: Likeness = {
  locate({ choices }) {
    const choice = Array.isArray(choices) && choices.length === 1 ? objectOf(choices[0]) : undefined;
    const delta = objectOf(choice?.['delta']);
    const calls = delta?.['tool_calls'];
    if (Array.isArray(calls)) {
      const called = calls.length === 1 ? objectOf(objectOf(calls[0])?.['function']) : undefined;
      return called === undefined || typeof called['arguments'] !== 'string'
        ? undefined
        : { holder: called, member: 'arguments' };
    }
    const member = TEXTS.find((name) => textOf(delta?.[name]) !== undefined);
    return delta === undefined || member === undefined ? undefined : { holder: delta, member };
  },
  padding: 'obfuscation',
};

/** See Codec.decodeStream. */
export const decodeStream: Codec['decodeStream'] = (emit) => {
  const reader = createAnswerReader(emit);
  const parse = createEventParser(DELTAS);
  return {
    event(name, data) {
      if (data === '[DONE]' || (data.length < 16 && data.trim() === '[DONE]')) reader.end(true);
      else reader.chunk(parse(data), name, data);
    },
    end() {
      reader.end(false);
    },
  };
};

/** A reader for one answer. After its last event, or an error, it stays silent. */
export function createAnswerReader(emit: Emit): AnswerReader {
  const choices = new Map<number, ChoiceReader>();
  /** Choices whose reason came as '' : an end, if nothing better follows. */
  const faintlyEnded = new Set<number>();
  let id = '';
  let hasStarted = false;
  let isOver = false;
  let serviceTier: string | undefined;
  let startedTier: string | undefined;
  let usage: JsonObject | undefined;
  let blocks = 0;

  const nextBlock = (): number => blocks++;
  const seed = (): string => id;

  function start(json: JsonObject): void {
    const { created } = json;
    const model = textOf(json['model']) ?? '';
    const ext = unknownMembers(json, KNOWN);
    id = textOf(json['id']) ?? '';
    serviceTier = textOf(json['service_tier']);
    startedTier = serviceTier;
    hasStarted = true;
    emit({
      type: 'start',
      id,
      model,
      ...(typeof created === 'number' && created > 0 ? { createdAt: created } : {}),
      ...(serviceTier === undefined ? {} : { serviceTier }),
      ...(ext === undefined ? {} : { ext }),
    });
  }

  function tellUsage(): void {
    const read = usage === undefined ? undefined : readUsage(withBesides(usage, { serviceTier }));
    if (read !== undefined && hasStarted) emit({ type: 'usage', usage: read });
  }

  /** The last object with counts is the one that holds; it may stand in every chunk (G7). */
  function noteUsage(raw: unknown): void {
    if (isObject(raw) && ('prompt_tokens' in raw || 'completion_tokens' in raw || 'total_tokens' in raw))
      usage = raw;
  }

  function breakOff(error: SluiceError | undefined): void {
    if (error === undefined) return;
    tellUsage();
    isOver = true;
    emit({ type: 'error', error });
  }

  function fail(json: unknown, name: string, data: string): boolean {
    const isAnswer = isObject(json) && Array.isArray(json['choices']);
    const reported = reportedError(isAnswer ? { error: json['error'] } : json);
    const unsaid =
      name === 'error' && reported === undefined
        ? { message: data.slice(0, 200), status: undefined, retryAfterMs: undefined }
        : reported;
    if (unsaid === undefined) return false;
    if (isAnswer) noteUsage(json['usage']);
    breakOff(streamError(unsaid));
    return true;
  }

  function readChoice(wire: unknown, position: number): void {
    if (!isObject(wire)) return;
    const index = typeof wire['index'] === 'number' ? wire['index'] : position;
    let choice = choices.get(index);
    if (choice === undefined) {
      choice = createChoiceReader({ choice: index, emit, nextBlock, seed });
      choices.set(index, choice);
    }
    const delta = wire['delta'] ?? wire['message'];
    if (isObject(delta)) choice.delta(delta, wire['logprobs']);
    if (wire['usage'] !== undefined) noteUsage(wire['usage']);
    const word = wire['finish_reason'];
    if (word === undefined || word === null) return;
    if (word === 'error' && fail({ error: wire['error'] ?? { message: 'no message was given.' } }, '', ''))
      return;
    if (word === '') faintlyEnded.add(index);
    else choice.stop(typeof word === 'string' ? word : '');
  }

  return {
    chunk(json, name, data) {
      if (isOver) return;
      if (
        name === 'error' ||
        !isObject(json) ||
        json['error'] !== undefined ||
        json['choices'] === undefined
      ) {
        if (fail(json, name, data)) return;
        if (!isObject(json)) return breakOff(brokenEvent(json, data));
      }
      const list = json['choices'];
      const isEmpty = !Array.isArray(list) || list.length === 0;
      // Azure's first chunk has no choices and neither id nor model: it is not the beginning of the answer yet.
      if (!hasStarted && (!isEmpty || textOf(json['id']) !== undefined)) start(json);
      if (isObject(json['usage'])) noteUsage(json['usage']);
      else if (json['x_groq'] !== undefined) noteUsage(objectOf(json['x_groq'])?.['usage']);
      if (typeof json['service_tier'] === 'string') serviceTier = json['service_tier'];
      if (isEmpty) {
        if (hasStarted && !isFilled(json['usage'])) emit({ type: 'ping' });
        return;
      }
      for (let at = 0; at < list.length && !isOver; at++) readChoice(list[at], at);
    },
    end(isComplete) {
      if (isOver) return;
      isOver = true;
      for (const [index, choice] of choices)
        if (!choice.hasStopped() && (isComplete || faintlyEnded.has(index))) choice.stop('');
      tellUsage();
      if (choices.size === 0 && isComplete) {
        emit({
          type: 'error',
          error: sluiceError('upstream_answer', 'The upstream ended its stream without any output.'),
        });
      } else if (choices.size === 0 || [...choices.values()].some((choice) => !choice.hasStopped())) {
        emit({ type: 'error', error: sluiceError('upstream_closed', TOO_EARLY) });
      } else {
        emit({
          type: 'end',
          ...(serviceTier === undefined || serviceTier === startedTier ? {} : { serviceTier }),
        });
      }
    },
  };
}
