// One candidate of an answer, put together from the increments of its chunks: runs of text become blocks, calls become
// blocks of their own, and a signature ends the block it came with. The last block stays open until the end of the answer,
// because grounding and log-probabilities may come after the finish reason.

import type { Part, TokenLogprob } from '../../model/content.ts';
import type { Emit } from '../../model/event.ts';
import { isFilled, isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { madeCallId } from './call-ids.ts';
import { vendorPart } from './content.decode.ts';
import { nativeReason, readReason } from './finish-reason.ts';
import { citationsOf } from './grounding.ts';
import { readLogprobs } from './logprobs.ts';
import { readFileData, readInlineData } from './media.ts';
import { createPartialArguments, type PartialArguments } from './partial-arguments.ts';
import { readSignature } from './thought-signature.ts';
import { extOf, spelled } from './wire.read.ts';

/** What the choices of one answer share. */
export interface AnswerScope {
  readonly emit: Emit;
  nextBlock(): number;
  /** Tells this answer's calls from those of others. */
  readonly seed: string;
}

/** Reads one candidate. */
export interface ChoiceReader {
  /** Takes its increment of one chunk. */
  read(candidate: JsonObject): void;
  /** The provider has said why it ended. */
  readonly finished: boolean;
  /** Closes what is open and tells the stop; `blocked` where the prompt was refused. */
  end(blocked: Stop | undefined): void;
}

/** The text or thought that is being said. */
interface Run {
  readonly type: 'text' | 'reasoning';
  readonly block: number;
  text: string;
  token: OpaqueToken | undefined;
  ext: JsonObject | undefined;
  logprobs: TokenLogprob[] | undefined;
}

/** The call whose arguments are still coming. */
interface Call {
  readonly block: number;
  readonly id: string;
  readonly name: string;
  readonly args: PartialArguments;
  token: OpaqueToken | undefined;
}

/** An empty candidate. */
export function createChoice(scope: AnswerScope, index: number): ChoiceReader {
  const { emit } = scope;
  let run: Run | undefined;
  let call: Call | undefined;
  let calls = 0;
  let native: string | undefined;
  let explanation: string | undefined;
  /** The texts that are closed. */
  const texts: string[] = [];
  /** Members of the candidate that say something of all of it; the last filled one counts. */
  const facts: Record<string, unknown> = {};

  const closeRun = () => {
    if (run === undefined) return;
    const { type, block, text, token, ext, logprobs } = run;
    run = undefined;
    const more = { ...(token === undefined ? {} : { token }), ...(ext === undefined ? {} : { ext }) };
    if (type === 'reasoning') {
      const item = token?.itemId === undefined ? {} : { itemId: token.itemId };
      emit({
        type: 'close',
        block,
        part: { type, form: 'text', sections: text === '' ? [] : [text], ...item, ...more },
      });
      return;
    }
    texts.push(text);
    emit({
      type: 'close',
      block,
      part: { type, text, ...(logprobs === undefined ? {} : { logprobs }), ...more },
    });
  };

  const closeCall = () => {
    if (call === undefined) return;
    const { block, id, name, args, token } = call;
    call = undefined;
    const text = args.text();
    emit({ type: 'delta', block, text });
    const part: Part = { type: 'tool-call', id, kind: 'function', name, arguments: text };
    emit({ type: 'close', block, part: token === undefined ? part : { ...part, token } });
  };

  const whole = (part: Part) => {
    closeRun();
    closeCall();
    const block = scope.nextBlock();
    emit({ type: 'open', block, choice: index, part });
    emit({ type: 'close', block, part });
  };

  /** More text or thought. `logprobs` belong to it. */
  const say = (type: Run['type'], text: string, logprobs: TokenLogprob[] | undefined) => {
    if (call !== undefined) closeCall();
    if (run !== undefined && (run.type !== type || run.token !== undefined)) closeRun();
    if (run === undefined) {
      const block = scope.nextBlock();
      run = { type, block, text: '', token: undefined, ext: undefined, logprobs: undefined };
      const part: Part = type === 'text' ? { type, text: '' } : { type, form: 'text', sections: [] };
      emit({ type: 'open', block, choice: index, part });
    }
    if (text === '') return;
    run.text += text;
    if (logprobs === undefined) emit({ type: 'delta', block: run.block, text });
    else {
      run.logprobs = run.logprobs === undefined ? logprobs : [...run.logprobs, ...logprobs];
      emit({ type: 'delta', block: run.block, text, logprobs });
    }
  };

  const readText = (part: JsonObject, logprobs: TokenLogprob[] | undefined) => {
    const { text: said, thought, thoughtSignature, ...rest } = part;
    const text = typeof said === 'string' ? said : '';
    const token = readSignature(thoughtSignature);
    const type = thought === true ? 'reasoning' : 'text';
    // Empty text marks nothing but the end, unless something came with it.
    if (text === '' && token === undefined) return;
    if (text === '' && type === 'reasoning' && (run?.type !== type || run.token !== undefined)) {
      const item = token?.itemId === undefined ? {} : { itemId: token.itemId };
      whole({ type, form: 'text', sections: [], ...(token && { token }), ...item, ...extOf(rest) });
      return;
    }
    say(type, text, type === 'text' ? logprobs : undefined);
    if (run === undefined) return;
    run.token = token;
    if (isFilled(rest)) run.ext = { ...run.ext, ...rest };
  };

  const readCall = (part: JsonObject) => {
    const wire = spelled(objectOf(part['functionCall']) ?? {});
    const { name: given, id, args, partialArgs, willContinue } = wire;
    const token = readSignature(part['thoughtSignature']);
    const name = textOf(given);
    if (name !== undefined) {
      closeRun();
      closeCall();
      const known = textOf(id) ?? madeCallId(`${scope.seed}:${index}.${calls}:${name}`);
      calls++;
      call = { block: scope.nextBlock(), id: known, name, args: createPartialArguments(), token };
      const skeleton: Part = { type: 'tool-call', id: known, kind: 'function', name, arguments: '' };
      emit({ type: 'open', block: call.block, choice: index, part: skeleton });
    }
    if (call === undefined) return;
    if (token !== undefined) call.token = token;
    if (isObject(args)) call.args.addWhole(args);
    call.args.add(partialArgs);
    if (willContinue !== true) closeCall();
  };

  const readPart = (wire: unknown, logprobs: TokenLogprob[] | undefined) => {
    if (!isObject(wire)) return;
    const part = spelled(wire);
    if ('functionCall' in part) return readCall(part);
    if (
      'text' in part ||
      Object.keys(part).every((name) => name === 'thought' || name === 'thoughtSignature')
    )
      return readText(part, logprobs);
    const { thoughtSignature, ...rest } = part;
    const token = readSignature(thoughtSignature);
    const signed = token === undefined ? {} : { token };
    const { inlineData, fileData, ...around } = rest;
    const media = isObject(inlineData)
      ? readInlineData(inlineData)
      : isObject(fileData)
        ? readFileData(fileData)
        : undefined;
    if (media === undefined) whole({ ...vendorPart(rest), ...signed });
    else whole({ ...media, ...signed, ...extOf({ ...media.ext, ...around }) });
  };

  const cite = () => {
    if (run?.type !== 'text' || run.text === '') return;
    const { block, text, token, ext, logprobs } = run;
    const citations = citationsOf(facts, text, texts);
    if (citations.length === 0) return;
    run = undefined;
    for (const citation of citations) emit({ type: 'citation', block, citation });
    const more = { ...(token && { token }), ...(ext && { ext }), ...(logprobs && { logprobs }) };
    emit({ type: 'close', block, part: { type: 'text', text, citations, ...more } });
  };

  return {
    get finished() {
      return native !== undefined;
    },
    read(candidate) {
      const { content, finishReason, finishMessage, logprobsResult, index: _index, ...rest } = candidate;
      let logprobs = logprobsResult === undefined ? undefined : readLogprobs(logprobsResult);
      for (const part of listOf(objectOf(content)?.['parts'])) {
        readPart(part, logprobs);
        if (isObject(part) && isFilled(part['text'])) logprobs = undefined;
      }
      native = nativeReason(finishReason) ?? native;
      explanation = textOf(finishMessage) ?? explanation;
      for (const name in rest) {
        const value = rest[name];
        if (isFilled(value) || typeof value === 'number') facts[name] = value;
      }
    },
    end(blocked) {
      closeCall();
      cite();
      closeRun();
      // A body without a reason is as complete as it will be.
      const own: Stop = {
        reason: readReason(native ?? 'STOP', calls > 0),
        ...(native === undefined ? {} : { native }),
        ...(explanation === undefined ? {} : { explanation }),
        ...extOf(facts),
      };
      emit({ type: 'stop', choice: index, stop: blocked ?? own });
    },
  };
}
