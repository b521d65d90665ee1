// What the gateway must know of a Messages request. https://docs.anthropic.com/en/api/messages

import type { Bytes } from '../../bytes.ts';
import type { Wanted } from '../../json/scan.ts';
import type { Use } from '../../model/dialect-id.ts';
import type { SluiceError } from '../../model/error.ts';
import type { Peeked } from '../dialect.ts';
import { isError, readModel, readStream, scanBody, wrongKind } from '../kit/peek-body.ts';

const WANTED: readonly Wanted[] = [['model'], ['stream'], ['messages']];

/**
 * See Dialect.peek. The path tells nothing in this dialect. Counting tokens never streams, whatever the body says. Usage
 * is always reported, so there is nothing to edit.
 */
export function peek(body: Bytes, use: Use): Peeked | SluiceError {
  const scan = scanBody(body, WANTED);
  if (isError(scan)) return scan;
  const [model, stream, messages] = scan.found;
  const named = readModel(body, scan, model, true);
  if (isError(named)) return named;
  const wrong = wrongKind(messages, 'messages', ['array'], 'an array');
  if (wrong !== undefined) return wrong;
  if (use !== 'generate') return { stream: false, ...named };
  const streaming = readStream(stream);
  return typeof streaming === 'object' ? streaming : { stream: streaming, ...named };
}
