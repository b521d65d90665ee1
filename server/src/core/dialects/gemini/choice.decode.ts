// One candidate of an answer, put together from the increments of its chunks. The last block stays open until the end of
// the answer, because grounding and log-probabilities may come after the finish reason.

import type { Part, TokenLogprob } from '../../model/content.ts';
import { isFilled, isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import type { AnswerScope } from './answer-scope.ts';
import { createCalls } from './calls.decode.ts';
import { vendorPart } from './content.decode.ts';
import { nativeReason, readReason } from './finish-reason.ts';
import { readLogprobs } from './logprobs.ts';
import { readFileData, readInlineData } from './media.ts';
import { readSignature } from './thought-signature.ts';
import { extOf, spelled } from './wire.read.ts';
import { createWords, type Words } from './words.decode.ts';

/** Reads one candidate. */
export interface ChoiceReader {
  /** Takes its increment of one chunk. */
  read(candidate: JsonObject): void;
  /** The provider has said why it ended. */
  readonly finished: boolean;
  /** Closes what is open and tells the stop; `blocked` where the prompt was refused. */
  end(blocked: Stop | undefined): void;
}

/** An empty candidate. */
export function createChoice(scope: AnswerScope, index: number): ChoiceReader {
  /** Members of the candidate that say something of all of it; the last filled one counts. */
  const facts: Record<string, unknown> = {};
  const words = createWords(scope, index, facts);
  const calls = createCalls(scope, index, words.close);
  let native: string | undefined;
  let explanation: string | undefined;

  /** A block that comes at once. */
  const whole = (part: Part) => {
    words.close();
    calls.close();
    const block = scope.nextBlock();
    scope.emit({ type: 'open', block, choice: index, part });
    scope.emit({ type: 'close', block, part });
  };

  const readPart = (wire: unknown, logprobs: TokenLogprob[] | undefined) => {
    if (!isObject(wire)) return;
    const part = spelled(wire);
    if ('functionCall' in part) {
      const call = spelled(objectOf(part['functionCall']) ?? {});
      calls.read(call, readSignature(part['thoughtSignature']));
    } else if ('text' in part || Object.keys(part).every(isAboutThought)) {
      const thought = readText(part, logprobs, words, calls.close);
      if (thought !== undefined) whole(thought);
    } else whole(wholeOf(part));
  };

  return {
    get finished() {
      return native !== undefined;
    },
    read(candidate) {
      const { content, finishReason, finishMessage, logprobsResult, index: _index, ...rest } = candidate;
      // Before the parts: a call that comes with them closes the text that the facts are about.
      for (const name in rest) {
        const value = rest[name];
        if (isFilled(value) || typeof value === 'number') facts[name] = value;
      }
      let logprobs = logprobsResult === undefined ? undefined : readLogprobs(logprobsResult);
      for (const part of listOf(objectOf(content)?.['parts'])) {
        readPart(part, logprobs);
        if (isObject(part) && isFilled(part['text'])) logprobs = undefined;
      }
      native = nativeReason(finishReason) ?? native;
      explanation = textOf(finishMessage) ?? explanation;
    },
    end(blocked) {
      calls.close();
      words.end();
      // A body without a reason is as complete as it will be.
      const own: Stop = {
        reason: readReason(native ?? 'STOP', calls.count > 0),
        ...(native === undefined ? {} : { native }),
        ...(explanation === undefined ? {} : { explanation }),
        ...extOf(facts),
      };
      scope.emit({ type: 'stop', choice: index, stop: blocked ?? own });
    },
  };
}

function isAboutThought(name: string): boolean {
  return name === 'thought' || name === 'thoughtSignature';
}

/** Says the text or thought of a part; a thought of which nothing but a token is told is answered as a whole part. */
function readText(
  part: JsonObject,
  logprobs: TokenLogprob[] | undefined,
  words: Words,
  closeCall: () => void,
): Part | undefined {
  const { text: said, thought, thoughtSignature, ...rest } = part;
  const text = typeof said === 'string' ? said : '';
  const token = readSignature(thoughtSignature);
  const type = thought === true ? 'reasoning' : 'text';
  // Empty text marks nothing but the end, unless something came with it.
  if (text === '' && token === undefined) return undefined;
  if (text === '' && type === 'reasoning' && !words.continues(type)) {
    const item = token?.itemId === undefined ? {} : { itemId: token.itemId };
    return { type, form: 'text', sections: [], ...(token && { token }), ...item, ...extOf(rest) };
  }
  closeCall();
  words.say(type, text, type === 'text' ? logprobs : undefined);
  words.mark(token, isFilled(rest) ? rest : undefined);
  return undefined;
}

/** Media, and parts that this format alone knows. */
function wholeOf(part: JsonObject): Part {
  const { thoughtSignature, ...rest } = part;
  const token = readSignature(thoughtSignature);
  const signed = token === undefined ? {} : { token };
  const { inlineData, fileData, ...around } = rest;
  const media = isObject(inlineData)
    ? readInlineData(inlineData)
    : isObject(fileData)
      ? readFileData(fileData)
      : undefined;
  if (media === undefined) return { ...vendorPart(rest), ...signed };
  return { ...media, ...signed, ...extOf({ ...media.ext, ...around }) };
}
