// Runs a watcher over a stream that arrives in pieces of any size.

import type { Bytes } from '../../src/core/bytes.ts';
import type { Framing, Phase, StreamWatch } from '../../src/core/dialects/dialect.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { createArraySplitter } from '../../src/core/json/array-blocks.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Usage } from '../../src/core/model/usage.ts';
import { createBlockSplitter } from '../../src/core/sse/blocks.ts';

/** Joins bytes as the gateway's edge does. */
function concat(parts: readonly Bytes[]): Bytes {
  return Buffer.concat(parts.map((part) => Buffer.from(part.toString('latin1'), 'latin1')));
}

/** Feeds chunks of a size through the splitter of the framing; answers the finished watch and the phases it went through. */
export function watchChunks(
  dialect: DialectId,
  framing: Framing,
  body: Buffer,
  chunkBytes: number,
): { watch: StreamWatch; phases: readonly Phase[] } {
  const watch = dialects[dialect].watch(framing);
  const splitter = framing === 'sse' ? createBlockSplitter(concat, 1e8) : createArraySplitter(concat, 1e8);
  const phases: Phase[] = [watch.phase];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const block = splitter.push(body.subarray(at, at + chunkBytes));
    if (block === undefined) continue;
    watch.read(block);
    phases.push(watch.phase);
  }
  watch.finish();
  phases.push(watch.phase);
  return { watch, phases };
}

/** Input and output tokens over all buckets. */
export function tokensOf(usage: Usage | undefined): readonly [input: number, output: number] | null {
  if (usage === undefined) return null;
  const sum = (buckets: object): number =>
    Object.values(buckets).reduce((total, bucket) => total + bucket, 0);
  return [sum(usage.input), sum(usage.output)];
}
