// A request that names no model gets the one that its route gives, before anything else reads its body.

import type { Peeked } from '../core/dialects/dialect.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { DialectCall } from './context.ts';
import { applied } from './edits.ts';

/** A body and what is known of it. */
export interface NamedBody {
  readonly body: Buffer;
  readonly peeked: Peeked;
}

/** The body with a model in it; as it was where it names one, or its format has none in bodies, or there is none to give. */
export function withModel(
  call: Pick<DialectCall, 'dialect' | 'use' | 'model' | 'stream'>,
  { body, peeked }: NamedBody,
  model: string,
): NamedBody | SluiceError {
  const { modelGap: gap } = peeked;
  if (gap === undefined || model === '') return { body, peeked };
  const text = `${gap.before}${JSON.stringify(model)}${gap.after}`;
  const filled = applied(body, [{ start: gap.start, end: gap.end, text }]);
  const seen = call.dialect.peek(filled, call.use, call.model, call.stream);
  return 'code' in seen ? seen : { body: filled, peeked: seen };
}
