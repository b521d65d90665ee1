// From the bytes of an answer to its bill: the reader of its dialect, the price of its model, the arithmetic.

import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Usage } from '../../src/core/model/usage.ts';
import type { Cost } from '../../src/core/pricing/cost.ts';
import { costOf } from '../../src/core/pricing/cost-of.ts';
import { pricesFor, upstreamOfProvider } from './priced-upstream.ts';

/** A Wednesday noon. */
const BILLED_AT: number = Date.UTC(2026, 10, 18, 12);

/** The usage of a complete answer. */
export function usageOfAnswer(dialect: DialectId, answer: object): Usage {
  const reading = dialects[dialect].readAnswer(Buffer.from(JSON.stringify(answer)), 'generate');
  if (!reading.ok || reading.usage === undefined) throw new Error('the answer has no usage');
  return reading.usage;
}

/** The usage of a streamed answer, its events as JSON. */
export function usageOfStream(dialect: DialectId, events: readonly object[]): Usage {
  const watch = dialects[dialect].watch('sse');
  for (const event of events) {
    const name = 'type' in event && typeof event.type === 'string' ? `event: ${event.type}\n` : '';
    watch.read(Buffer.from(`${name}data: ${JSON.stringify(event)}\n\n`));
  }
  if (dialect === 'openai-chat') watch.read(Buffer.from('data: [DONE]\n\n'));
  watch.finish();
  const usage = watch.usage();
  if (usage === undefined) throw new Error('the stream has no usage');
  return usage;
}

/** What a usage costs for a model of a provider, by the bundled price list. */
export function billOf(provider: string, model: string, usage: Usage, atMs: number = BILLED_AT): Cost {
  const upstream = upstreamOfProvider(provider);
  return costOf(usage, pricesFor([upstream]).of(upstream, model, atMs), false);
}
