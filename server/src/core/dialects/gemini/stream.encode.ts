// Streams as a client of streamGenerateContent reads them: chunks that are responses with increments, as events with
// Google's line ends or as the elements of one array. Calls come whole; reasons and usage come with the last chunk.
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent

import { writeExactly } from '../../json/exact-numbers.ts';
import type { Part, TokenLogprob, ToolCallPart } from '../../model/content.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import type { CloseEvent, DeltaEvent, EndEvent, OpenEvent, StartEvent } from '../../model/event.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import type { Usage } from '../../model/usage.ts';
import type { AnswerEncoding, Codec, Framing, Write } from '../dialect.ts';
import {
  callPart,
  createSources,
  factsOf,
  feedbackOf,
  isCutBy,
  loseCutCall,
  type Sources,
  signature,
  wholePart,
} from './answer.encode.ts';
import { encodeStreamError } from './error.encode.ts';
import { writeLogprobs } from './logprobs.ts';
import { writeSignature } from './thought-signature.ts';
import { encodeUsage } from './usage.encode.ts';
import { withExt } from './wire.read.ts';

/** One candidate as far as it was sent. */
interface Candidate {
  readonly index: number;
  readonly sources: Sources;
  isSent: boolean;
  hasRefused: boolean;
  stop: Stop | undefined;
  /** A call that cannot be written, or not before it is known whether the answer ended within it. */
  held: ToolCallPart | undefined;
}

/** One block as far as it was sent. */
interface Block {
  readonly candidate: Candidate;
  readonly type: Part['type'];
  /** A new section of reasoning has begun, of which nothing was sent. */
  isNewSection: boolean;
}

/** See Codec.encodeStream. */
export const encodeStream: Codec['encodeStream'] = (write, encoding, framing) => {
  const out = createChunks(write, encoding, framing);
  const candidates: Candidate[] = [];
  const blocks: Block[] = [];
  let usage: Usage | undefined;
  let serviceTier: string | undefined;
  let over = false;

  const candidateAt = (index: number): Candidate => {
    let found = candidates.find((candidate) => candidate.index === index);
    if (found === undefined) {
      found = {
        index,
        sources: createSources(),
        isSent: false,
        hasRefused: false,
        stop: undefined,
        held: undefined,
      };
      candidates.push(found);
    }
    return found;
  };

  const fail = (error: SluiceError) => {
    over = true;
    write(encodeStreamError(error, encoding.seed, framing, out.isBegun()));
  };

  const onStart = (event: StartEvent) => {
    out.name(event.id);
    usage = event.usage;
    serviceTier = event.serviceTier;
  };

  const onOpen = ({ block, choice, part }: OpenEvent) => {
    const candidate = candidateAt(choice);
    // What something follows is not cut.
    if (candidate.held !== undefined && !settle(candidate, false)) return;
    if (part.type === 'refusal') candidate.hasRefused = true;
    blocks[block] = { candidate, type: part.type, isNewSection: false };
  };

  /** Writes the call that was held back, or leaves it out; false where it can be neither. */
  const settle = (candidate: Candidate, isCut: boolean): boolean => {
    const { held } = candidate;
    candidate.held = undefined;
    if (held === undefined) return true;
    if (isCut) {
      loseCutCall(held.name, encoding.losses);
      return true;
    }
    const wire = callPart(held, encoding.origin);
    if (wire === undefined) {
      fail(sluiceError('upstream_answer', 'The upstream answered with a call whose arguments are not JSON.'));
      return false;
    }
    candidate.isSent = true;
    out.part(candidate.index, writeExactly(wire), undefined);
    return true;
  };

  const onStop = (choice: number, stop: Stop) => {
    const candidate = candidateAt(choice);
    candidate.stop = stop;
    settle(candidate, isCutBy(stop));
  };

  const onDelta = ({ block: number, text, logprobs }: DeltaEvent) => {
    const block = blocks[number];
    if (block === undefined || block.type === 'tool-call') return;
    block.candidate.isSent = true;
    if (block.type !== 'reasoning') {
      out.part(block.candidate.index, `{"text":${JSON.stringify(text)}}`, logprobs);
      return;
    }
    const said = block.isNewSection ? `\n\n${text}` : text;
    block.isNewSection = false;
    out.part(block.candidate.index, `{"text":${JSON.stringify(said)},"thought":true}`, undefined);
  };

  const onClose = ({ block: number, part }: CloseEvent) => {
    const block = blocks[number];
    if (block === undefined) return;
    const wire = closing(part, block.candidate.sources, encoding);
    if (part.type === 'tool-call' && (wire === undefined || part.kind === 'custom')) {
      block.candidate.held = part;
      return;
    }
    if (wire === undefined) return;
    block.candidate.isSent = true;
    out.part(block.candidate.index, writeExactly(wire), undefined);
  };

  const onEnd = (event: EndEvent) => {
    for (const candidate of candidates) if (!settle(candidate, false)) return;
    over = true;
    const tier = event.serviceTier ?? serviceTier;
    const usageMetadata = usage === undefined ? undefined : encodeUsage(usage, tier, encoding.losses);
    out.last(candidates, usageMetadata, encoding.origin === 'gemini' ? event.ext : undefined);
  };

  return {
    event(event) {
      if (over) return;
      switch (event.type) {
        case 'start':
          return onStart(event);
        case 'open':
          return onOpen(event);
        case 'delta':
          return onDelta(event);
        case 'section': {
          const block = blocks[event.block];
          if (block !== undefined) block.isNewSection = true;
          return;
        }
        case 'citation':
          // The closed block has all of them.
          return;
        case 'close':
          return onClose(event);
        case 'usage':
          usage = event.usage;
          return;
        case 'stop':
          return onStop(event.choice, event.stop);
        case 'ping':
          // Blank lines: Google's libraries up to 1.x choke on comments, Gemini CLI with them.
          write(framing === 'sse' ? '\r\n\r\n' : '\n');
          return;
        case 'error':
          return fail(event.error);
        case 'end':
          return onEnd(event);
        default:
          return unreachable(event);
      }
    },
  };
};

/** What the end of a block adds to its increments: a signature, or all of what came whole. */
function closing(part: Part, sources: Sources, encoding: AnswerEncoding): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      sources.add(part.text, part.citations);
      return part.token === undefined
        ? undefined
        : { text: '', thoughtSignature: writeSignature(part.token) };
    case 'refusal':
      sources.add(part.text, undefined);
      return undefined;
    case 'reasoning':
      return part.token === undefined ? undefined : { text: '', thought: true, ...signature(part.token) };
    case 'tool-call':
      return callPart(part, encoding.origin);
    case 'media':
    case 'vendor':
    case 'tool-result':
      return wholePart(part, encoding.losses);
    default:
      return unreachable(part);
  }
}

/** Writes chunks in their framing. */
interface Chunks {
  /** The provider's id of the answer. */
  name(id: string): void;
  /** One part, as JSON. */
  part(index: number, json: string, logprobs: readonly TokenLogprob[] | undefined): void;
  /** The last chunk. `ext`: members that only this format has. */
  last(
    candidates: readonly Candidate[],
    usageMetadata: JsonObject | undefined,
    ext: JsonObject | undefined,
  ): void;
  /** Something of the body was written. */
  isBegun(): boolean;
}

function createChunks(write: Write, encoding: AnswerEncoding, framing: Framing): Chunks {
  const named = (id: string) =>
    `"modelVersion":${JSON.stringify(encoding.model)},"responseId":${JSON.stringify(id)}}`;
  /** The members that every chunk ends with. */
  let tail = named(encoding.seed);
  let begun = false;
  const send = (json: string) => {
    if (framing === 'sse') write(`data: ${json}\r\n\r\n`);
    else write(begun ? `\r\n,${json}` : `[${json}`);
    begun = true;
  };

  return {
    name(id) {
      if (id !== '') tail = named(id);
    },
    part(index, json, logprobs) {
      const probabilities =
        logprobs === undefined ? '' : `,"logprobsResult":${JSON.stringify(writeLogprobs(logprobs))}`;
      send(
        `{"candidates":[{"content":{"parts":[${json}],"role":"model"}${probabilities},"index":${index}}],${tail}`,
      );
    },
    last(candidates, usageMetadata, ext) {
      const [only] = candidates;
      const isRefused = candidates.length === 1 && only !== undefined && !only.isSent;
      const feedback = isRefused && only.stop !== undefined ? feedbackOf(only.stop) : undefined;
      const finished = candidates.map(({ index, stop, hasRefused, sources }) => ({
        content: { parts: [{ text: '' }], role: 'model' },
        ...factsOf(stop ?? { reason: 'other' }, hasRefused, sources, encoding.losses),
        index,
      }));
      const chunk = {
        ...(feedback === undefined ? { candidates: finished } : { promptFeedback: feedback }),
        ...(usageMetadata === undefined ? {} : { usageMetadata }),
      };
      send(`${JSON.stringify(withExt(chunk, ext)).slice(0, -1)},${tail}`);
      if (framing === 'json-array') write(']');
    },
    isBegun: () => begun,
  };
}
