// What the gateway must know of a Responses request. https://platform.openai.com/docs/api-reference/responses/create

import type { Bytes } from '../../bytes.ts';
import { stringAt, type Wanted } from '../../json/scan.ts';
import type { Use } from '../../model/dialect-id.ts';
import type { SluiceError } from '../../model/error.ts';
import type { Peeked } from '../dialect.ts';
import { isError, readModel, readStream, scanBody } from '../kit/peek-body.ts';

const WANTED: readonly Wanted[] = [['model'], ['stream'], ['prompt'], ['previous_response_id'], ['store']];

/**
 * See Dialect.peek. The path tells nothing in this dialect. A request with a stored `prompt` need not name a model (the
 * prompt does), nor need a count; its name is then empty. Usage is always reported, so there is nothing to edit.
 */
export function peek(body: Bytes, use: Use): Peeked | SluiceError {
  const scan = scanBody(body, WANTED);
  if (isError(scan)) return scan;
  const [model, stream, prompt, previous, store] = scan.found;
  const required = use === 'generate' && (prompt === undefined || prompt.kind === 'null');
  const named = readModel(body, scan, model, required);
  if (isError(named)) return named;
  if (use !== 'generate') return { stream: false, ...named };
  const streaming = readStream(stream);
  if (typeof streaming === 'object') return streaming;
  const continuation = {
    previous: previous?.kind === 'string' ? stringAt(body, previous) : undefined,
    store: store?.kind !== 'false',
  };
  return { stream: streaming, continuation, ...named };
}
