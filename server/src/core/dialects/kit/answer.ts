// Judges complete JSON answers. A success status proves little: gateways and overloaded vendors send HTML, nothing, half
// an object or an error with it.

import type { Bytes } from '../../bytes.ts';
import { scanObject } from '../../json/scan.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject, parseJson, textOf } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import type { AnswerReading } from '../dialect.ts';
import { type ReportedError, reportedError } from './upstream-error.ts';

/** Larger bodies are validated byte by byte, and only their small members are parsed. */
const PARSED_WHOLE_BYTES = 256 * 1024;
const PARSED_MEMBER_BYTES = 16 * 1024;

/** What is wrong with an answer: words to follow "The upstream answered …", or the error that it reports. */
export type Flaw = string | SluiceError;

/** How a dialect reads its answers. */
export interface AnswerRules {
  /** Every top-level member that the functions below look at; at most 31. */
  readonly members: readonly string[];
  /** Undefined when the object is an answer. */
  flaw(answer: JsonObject): Flaw | undefined;
  readonly idMember: string;
  readonly modelMember: string;
  /** A string that stands, as JSON, in answers that hold deep inside what is billed: those are parsed whole, however large. */
  readonly billedWith?: string;
  /** The usage object, with what stands beside it and is billed, too. */
  usage(answer: JsonObject): JsonObject | undefined;
  readUsage(raw: JsonObject): Usage | undefined;
}

/** Reads an answer. In a large one, a member too long to parse stands as a non-empty string, list or object. */
export function readJsonAnswer(body: Bytes, rules: AnswerRules): AnswerReading {
  const answer = isParsedWhole(body, rules) ? parseJson(body.toString('utf8')) : skim(body, rules.members);
  if (!isObject(answer)) {
    const error = reportedError(answer);
    return failed(error === undefined ? `with ${looksLike(body)}` : errorOf(error));
  }
  const flaw = rules.flaw(answer);
  if (flaw !== undefined) return failed(flaw);
  const usage = rules.usage(answer);
  return {
    ok: true,
    usage: usage === undefined ? undefined : rules.readUsage(usage),
    id: textOf(answer[rules.idMember]),
    model: textOf(answer[rules.modelMember]),
  };
}

/** The error that an answer reports, with the status and the wait that it names; undefined when it reports none. */
export function reportedFlaw(answer: unknown): SluiceError | undefined {
  const error = reportedError(answer);
  return error === undefined ? undefined : errorOf(error);
}

/** Within the text of a model the quotes of a JSON string are escaped, so that it is not taken for one. */
function isParsedWhole(body: Bytes, { billedWith }: AnswerRules): boolean {
  if (body.length <= PARSED_WHOLE_BYTES) return true;
  return billedWith !== undefined && body.indexOf(`"${billedWith}"`) !== -1;
}

function errorOf({ message, status, retryAfterMs, kind }: ReportedError): SluiceError {
  return sluiceError('upstream_answer', `The upstream answered with an error: ${message}`, {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(kind === undefined ? {} : { kind }),
  });
}

function failed(flaw: Flaw): AnswerReading {
  if (typeof flaw !== 'string') return { ok: false, error: flaw };
  return { ok: false, error: sluiceError('upstream_answer', `The upstream answered ${flaw}`) };
}

function skim(body: Bytes, members: readonly string[]): JsonObject | undefined {
  const scan = scanObject(
    body,
    members.map((member) => [member]),
  );
  if (!scan.ok) return undefined;
  const answer: Record<string, unknown> = {};
  for (const [index, member] of members.entries()) {
    const found = scan.found[index];
    if (found === undefined) continue;
    if (found.end - found.start <= PARSED_MEMBER_BYTES) {
      answer[member] = parseJson(body.toString('utf8', found.start, found.end));
    } else {
      answer[member] = found.kind === 'array' ? [{}] : found.kind === 'object' ? { long: true } : 'long';
    }
  }
  return answer;
}

function looksLike(body: Bytes): string {
  const start = body.toString('utf8', 0, Math.min(body.length, 512)).trim();
  if (start === '') return 'an empty body.';
  if (start.startsWith('<')) return 'HTML or XML instead of JSON.';
  if (start.startsWith('{')) return 'JSON that is cut off or broken.';
  if (/^(?:data|event|id|retry)?:/.test(start)) return 'a stream of events instead of one JSON object.';
  return 'something that is not a JSON object.';
}
