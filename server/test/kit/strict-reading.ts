// A client that takes nothing on trust: reads an answer event by event and counts what may be there only once.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { at, wires } from './wire.ts';

/** What a stream consisted of. */
export interface StreamReading {
  /** Everything it said as text. */
  readonly text: string;
  /** Events that tell an error. A pair of `error` and `response.failed` of the Responses API is one. */
  readonly errors: number;
  /** Events that end an answer as complete, or as cut for a good reason. */
  readonly ends: number;
  /** The last event tells the error, or ends the answer. */
  readonly closed: boolean;
  /** Bytes after the last blank line, or data that is not JSON; undefined: there are none. */
  readonly torn: string | undefined;
}

type Sign = 'error' | 'end' | undefined;

function signOf(dialect: DialectId, json: unknown): Sign {
  const type = at(json, 'type');
  switch (dialect) {
    case 'openai-chat':
      if (at(json, 'error') !== undefined) return 'error';
      return typeof at(json, 'choices', 0, 'finish_reason') === 'string' ? 'end' : undefined;
    case 'openai-responses':
      if (type === 'error' || type === 'response.failed') return 'error';
      return type === 'response.completed' || type === 'response.incomplete' ? 'end' : undefined;
    case 'anthropic-messages':
      if (type === 'error') return 'error';
      return type === 'message_stop' ? 'end' : undefined;
    case 'gemini':
      if (at(json, 'error') !== undefined) return 'error';
      return at(json, 'candidates', 0, 'finishReason') === undefined ? undefined : 'end';
  }
}

/** Events that may stand behind the one that ends an answer: usage and the terminator of Chat Completions. */
function mayFollowEnd(dialect: DialectId, data: string): boolean {
  return dialect === 'openai-chat' && (data === '[DONE]' || data.includes('"usage":{'));
}

function dataOf(block: string): string {
  return block
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** Reads a stream of server-sent events. */
export function readStrictly(dialect: DialectId, body: string): StreamReading {
  const blocks = body.split(/\r\n\r\n|\n\n|\r\r/);
  let torn = blocks.pop() || undefined;
  let errors = 0;
  let ends = 0;
  let closed = false;
  let failed = false;
  for (const block of blocks) {
    const data = dataOf(block);
    if (data === '') continue;
    if (data === '[DONE]') {
      if (ends === 0) torn ??= 'a terminator without an end';
      continue;
    }
    const json = parsed(data);
    if (json === undefined) torn ??= block;
    const sign = signOf(dialect, json);
    const pair = failed && at(json, 'type') === 'response.failed';
    if (sign === 'error' && !pair) errors += 1;
    failed = at(json, 'type') === 'error';
    if (sign === 'end') ends += 1;
    closed = sign !== undefined || (closed && ends > 0 && mayFollowEnd(dialect, data));
  }
  return { text: wires[dialect].understand(body, true).text, errors, ends, closed, torn };
}

/** What is wrong with a stream that should hold exactly this text; undefined: nothing. */
export function notWhole(dialect: DialectId, body: string, text: string): string | undefined {
  const seen = readStrictly(dialect, body);
  if (seen.torn !== undefined) return `torn: ${seen.torn.slice(0, 80)}`;
  if (seen.errors > 0) return 'an error in the stream';
  if (seen.ends !== 1 || !seen.closed) return `${seen.ends} ends`;
  return seen.text === text ? undefined : `the text "${seen.text}"`;
}

/** What is wrong with a stream that should end with one error, and hold nothing of `foreign`; undefined: nothing. */
export function notCut(dialect: DialectId, body: string, foreign: string): string | undefined {
  const seen = readStrictly(dialect, body);
  if (seen.torn !== undefined) return `torn: ${seen.torn.slice(0, 80)}`;
  if (seen.ends > 0) return 'a clean end';
  if (seen.errors !== 1) return `${seen.errors} errors`;
  if (!seen.closed) return 'something after the error';
  return body.includes(foreign) ? 'spliced' : undefined;
}
