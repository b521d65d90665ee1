// Streams of streamGenerateContent: each chunk is a whole response with increments of its candidates and the usage so far.
// Nothing but the finish reason marks the end. https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent

import { readExactly } from '../../json/exact-numbers.ts';
import { digest } from '../../model/digest.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import type { Emit } from '../../model/event.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import type { Codec } from '../dialect.ts';
import { reportedError, streamError } from '../kit/upstream-error.ts';
import type { AnswerScope } from './answer-scope.ts';
import { type ChoiceReader, createChoice } from './choice.decode.ts';
import { nativeReason } from './finish-reason.ts';
import { tierToWord } from './tier.ts';
import { readUsage, usageWithin } from './usage.ts';
import { extOf, spelled } from './wire.read.ts';

/** More candidates than anybody gets. */
const MOST_CHOICES = 1024;

/** Reads the chunks of one answer. */
export interface AnswerReader {
  /** Takes one chunk. `text` is what it was parsed from, where that is at hand. */
  chunk(value: unknown, text?: string): void;
  /** Ends the answer with an error. */
  fail(error: SluiceError): void;
  /** The answer is over. `isWhole`: it came as one body, which is complete without a finish reason. */
  end(isWhole: boolean): void;
  readonly over: boolean;
  /** Every candidate that was seen has a finish reason, or the prompt was refused. */
  readonly complete: boolean;
}

/** See Codec.decodeStream. */
export const decodeStream: Codec['decodeStream'] = (emit) => {
  const answer = readAnswer(emit);
  return {
    event(_name, data) {
      if (answer.over || data === '' || data === '[DONE]') return;
      const value = readExactly(data);
      if (isObject(value) || Array.isArray(value)) answer.chunk(value, data);
      else
        answer.fail(sluiceError('upstream_answer', 'The upstream sent an event that is not a JSON object.'));
    },
    end: () => answer.end(false),
    get complete() {
      return answer.complete;
    },
  };
};

/** Reads an answer into events. */
export function readAnswer(emit: Emit): AnswerReader {
  const choices = new Map<number, ChoiceReader>();
  let scope: AnswerScope | undefined;
  let over = false;
  let blocks = 0;
  let usage: Record<string, unknown> | undefined;
  let feedback: JsonObject | undefined;
  let ext: JsonObject | undefined;

  const start = (chunk: JsonObject, text: string | undefined): AnswerScope => {
    const { responseId, modelVersion, createTime, usageMetadata } = chunk;
    const id = textOf(responseId) ?? '';
    const made = typeof createTime === 'string' ? Date.parse(createTime) : Number.NaN;
    const metadata = objectOf(usageMetadata);
    const within = usageWithin(chunk);
    const counted = within === undefined ? undefined : readUsage(within);
    const tier = textOf(metadata?.['serviceTier']);
    emit({
      type: 'start',
      id,
      model: textOf(modelVersion) ?? '',
      ...(Number.isNaN(made) ? {} : { createdAt: Math.floor(made / 1000) }),
      ...(counted === undefined ? {} : { usage: counted }),
      ...(tier === undefined ? {} : { serviceTier: tierToWord(tier) }),
    });
    return { emit, nextBlock: () => blocks++, seed: id === '' ? seedOf(chunk, text) : id };
  };

  const tellUsage = () => {
    const counted = usage === undefined ? undefined : readUsage(usage);
    if (counted !== undefined) emit({ type: 'usage', usage: counted });
  };

  const fail = (error: SluiceError) => {
    if (over) return;
    over = true;
    if (scope !== undefined) tellUsage();
    emit({ type: 'error', error });
  };

  const choiceFor = (
    candidate: JsonObject,
    position: number,
    within: AnswerScope,
  ): ChoiceReader | undefined => {
    const { index } = candidate;
    const number = typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : position;
    let choice = choices.get(number);
    if (choice === undefined && number < MOST_CHOICES) {
      choice = createChoice(within, number);
      choices.set(number, choice);
    }
    return choice;
  };

  return {
    get over() {
      return over;
    },
    get complete() {
      if (choices.size === 0) return feedback !== undefined && blockedStop(feedback) !== undefined;
      for (const choice of choices.values()) if (!choice.finished) return false;
      return true;
    },
    fail,
    chunk(value, text) {
      if (over) return;
      // Google wraps errors of array streams in a list of their own.
      const json = objectOf(Array.isArray(value) ? value[0] : value);
      if (json === undefined) return;
      const chunk = spelled(json);
      const candidates = chunk['candidates'];
      const error = reportedError(Array.isArray(candidates) ? { error: chunk['error'] } : chunk);
      if (error !== undefined) return fail(streamError(error));
      scope ??= start(chunk, text);
      const list = listOf(candidates);
      for (let at = 0; at < list.length; at++) {
        const candidate = objectOf(list[at]);
        if (candidate !== undefined) choiceFor(candidate, at, scope)?.read(spelled(candidate));
      }
      usage = merged(usage, usageWithin(chunk));
      feedback = objectOf(chunk['promptFeedback']) ?? feedback;
      const rest = restOf(chunk);
      if (rest !== undefined) ext = { ...ext, ...rest };
    },
    end(isWhole) {
      if (over) return;
      const blocked = choices.size === 0 && feedback !== undefined ? blockedStop(feedback) : undefined;
      const isComplete = isWhole ? choices.size > 0 : [...choices.values()].some((choice) => choice.finished);
      if (scope === undefined || (!isComplete && blocked === undefined)) {
        return fail(sluiceError('upstream_closed', 'The upstream ended its stream without a finish reason.'));
      }
      if (blocked !== undefined) createChoice(scope, 0).end(blocked);
      tellUsage();
      for (const choice of choices.values()) choice.end(undefined);
      over = true;
      const kept =
        blocked === undefined && feedback !== undefined ? { ...ext, promptFeedback: feedback } : { ...ext };
      emit({ type: 'end', ...extOf(kept) });
    },
  };
}

/** The last value of each count that is not null counts. */
function merged(
  known: Record<string, unknown> | undefined,
  given: JsonObject | undefined,
): Record<string, unknown> | undefined {
  if (given === undefined) return known;
  const counts = known ?? {};
  for (const name in given) if (given[name] !== null && given[name] !== undefined) counts[name] = given[name];
  return counts;
}

/** Members that have been read. */
const READ: ReadonlySet<string> = new Set([
  'candidates',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'createTime',
  'promptFeedback',
]);

function restOf(chunk: JsonObject): JsonObject | undefined {
  for (const name in chunk) {
    if (READ.has(name)) continue;
    return Object.fromEntries(Object.entries(chunk).filter(([member]) => !READ.has(member)));
  }
  return undefined;
}

/** The prompt itself was refused. */
function blockedStop(feedback: JsonObject): Stop | undefined {
  const native = nativeReason(feedback['blockReason']);
  if (native === undefined) return undefined;
  const explanation = textOf(feedback['blockReasonMessage']);
  return {
    reason: 'filtered',
    native,
    explanation: explanation ?? `The prompt was blocked: ${native}.`,
    ext: { promptFeedback: feedback },
  };
}

/** Answers without an id are told apart by their beginning. */
function seedOf(chunk: JsonObject, text: string | undefined): string {
  if (text !== undefined) return digest(text);
  try {
    return digest(JSON.stringify(chunk));
  } catch {
    // Nested too deeply to be written again.
    return '';
  }
}
