// What the gateway must know of a chat, completion, embedding or moderation request, and the edit that makes a stream
// report its usage. https://platform.openai.com/docs/api-reference/chat/create

import type { Bytes } from '../../bytes.ts';
import type { ObjectScan, Wanted } from '../../json/scan.ts';
import type { Use } from '../../model/dialect-id.ts';
import type { SluiceError } from '../../model/error.ts';
import type { Edit, Peeked } from '../dialect.ts';
import { isError, readModel, readStream, scanBody, wrongKind } from '../kit/peek-body.ts';

const WANTED: readonly Wanted[] = [
  ['model'],
  ['stream'],
  ['messages'],
  ['stream_options'],
  ['stream_options', 'include_usage'],
];

/** See Dialect.peek. The path tells nothing in this dialect. */
export function peek(body: Bytes, use: Use): Peeked | SluiceError {
  const scan = scanBody(body, WANTED);
  if (isError(scan)) return scan;
  const [model, stream, messages] = scan.found;
  const named = readModel(body, scan, model, use !== 'moderate');
  if (isError(named)) return named;
  if (use !== 'generate' && use !== 'complete') return { stream: false, ...named };
  const streaming = readStream(stream);
  if (typeof streaming === 'object') return streaming;
  const wrong = wrongKind(messages, 'messages', ['array'], 'an array');
  if (wrong !== undefined) return wrong;
  if (!streaming) return { stream: false, ...named };
  const usageEdit = editForUsage(body, scan);
  if (usageEdit === undefined) return { stream: true, ...named };
  return isError(usageEdit) ? usageEdit : { stream: true, usageEdit, ...named };
}

/** The smallest edit after which stream_options.include_usage is true; undefined where it is already. */
function editForUsage(body: Bytes, scan: ObjectScan): Edit | SluiceError | undefined {
  const [, , , options, include] = scan.found;
  if (options === undefined) {
    const text = `"stream_options":{"include_usage":true}${scan.empty ? '' : ','}`;
    return { start: scan.start + 1, end: scan.start + 1, text };
  }
  if (options.kind === 'null')
    return { start: options.start, end: options.end, text: '{"include_usage":true}' };
  const wrong =
    wrongKind(options, 'stream_options', ['object'], 'an object') ??
    wrongKind(include, 'stream_options.include_usage', ['true', 'false', 'null'], 'true or false');
  if (wrong !== undefined) return wrong;
  if (include?.kind === 'true') return undefined;
  if (include !== undefined) return { start: include.start, end: include.end, text: 'true' };
  const inside = options.start + 1;
  const empty = body.toString('latin1', inside, options.end - 1).trim() === '';
  return { start: inside, end: inside, text: `"include_usage":true${empty ? '' : ','}` };
}
