// Complete answers as a client of generateContent reads them.

import type { Part, ToolCallPart } from '../../model/content.ts';
import type { DialectId } from '../../model/dialect-id.ts';
import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { Choice } from '../../model/response.ts';
import type { Codec } from '../dialect.ts';
import {
  callPart,
  createSources,
  factsOf,
  feedbackOf,
  isCutBy,
  loseCutCall,
  signature,
  wholePart,
} from './answer.encode.ts';
import { writeLogprobs } from './logprobs.ts';
import { encodeUsage } from './usage.encode.ts';
import { withExt } from './wire.read.ts';

/** See Codec.encodeResponse. */
export const encodeResponse: Codec['encodeResponse'] = (response, encoding) => {
  const {
    origin,
    id,
    model: _model,
    createdAt: _createdAt,
    choices,
    usage,
    serviceTier,
    ext,
    ...rest
  } = response;
  nothingLeft(rest);
  const own = origin === 'gemini';
  const [first] = choices;
  const feedback = first === undefined || first.parts.length > 0 ? undefined : feedbackOf(first.stop);
  const wire = {
    ...(feedback === undefined
      ? { candidates: choices.map((choice) => encodeChoice(choice, origin, encoding.losses)) }
      : { promptFeedback: feedback }),
    ...(usage === undefined ? {} : { usageMetadata: encodeUsage(usage, serviceTier, encoding.losses) }),
    modelVersion: encoding.model,
    responseId: id === '' ? encoding.seed : id,
  };
  return withExt(wire, own ? ext : undefined);
};

function encodeChoice({ index, parts, stop }: Choice, origin: DialectId, losses: LossReport): JsonObject {
  const own = origin === 'gemini';
  const sources = createSources();
  const encoded = parts.flatMap((part) => {
    if (part.type === 'text') sources.add(part.text, part.citations);
    const isLast = part === parts.at(-1);
    const wire = encodePart(part, isLast && isCutBy(stop), origin, losses);
    return wire === undefined ? [] : [withExt(wire, own ? part.ext : undefined)];
  });
  const hasRefused = parts.some(({ type }) => type === 'refusal');
  const logprobs = parts.flatMap((part) => (part.type === 'text' ? (part.logprobs ?? []) : []));
  return {
    // Readers take the first part for granted.
    content: { parts: encoded.length === 0 ? [{ text: '' }] : encoded, role: 'model' },
    ...factsOf(stop, hasRefused, sources, losses),
    ...(logprobs.length === 0 ? {} : { logprobsResult: writeLogprobs(logprobs) }),
    index,
  };
}

/** `isCut`: the answer ended within this part. */
function encodePart(
  part: Part,
  isCut: boolean,
  origin: DialectId,
  losses: LossReport,
): JsonObject | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' && part.token === undefined
        ? undefined
        : { text: part.text, ...signature(part.token) };
    case 'reasoning': {
      const text = part.sections.join('\n\n');
      return text === '' && part.token === undefined
        ? undefined
        : { text, thought: true, ...signature(part.token) };
    }
    case 'tool-call':
      return encodeCall(part, isCut, origin, losses);
    case 'media':
    case 'vendor':
    case 'tool-result':
      return wholePart(part, losses);
    default:
      return unreachable(part);
  }
}

function encodeCall(
  part: ToolCallPart,
  isCut: boolean,
  origin: DialectId,
  losses: LossReport,
): JsonObject | undefined {
  // Nothing tells whether the free text of a custom tool is all there.
  const wire = isCut && part.kind === 'custom' ? undefined : callPart(part, origin);
  if (wire !== undefined || !isCut) return wire ?? brokenCall(part.name, part.arguments, losses);
  loseCutCall(part.name, losses);
  return undefined;
}

/** A complete answer cannot turn into an error any more: the text that is no JSON is the only argument. */
function brokenCall(name: string, text: string, losses: LossReport): JsonObject {
  losses.add({
    path: 'candidates',
    feature: 'tool-arguments',
    action: 'approximated',
    severity: 'quality',
    note: `The arguments of the call of "${name}" are not JSON; they are given as its member "input".`,
  });
  return { functionCall: { name, args: { input: text } } };
}
