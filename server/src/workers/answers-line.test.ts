import { expect, test } from 'vitest';
import { pipePair } from '../../test/kit/pipe-pair.ts';
import type { CachedAnswer } from '../exchange/ports.ts';
import { MemoryAnswers } from '../stores/memory/answers.ts';
import { answersOver, serveAnswers } from './answers-line.ts';
import { createLine } from './line.ts';

const answer: CachedAnswer = {
  clientId: undefined,
  model: 'm',
  modelServed: 'm',
  upstreamId: 'u',
  createdAtMs: 1,
  freshUntilMs: 2_000,
  expiresAtMs: 2_000,
  losses: undefined,
  text: '{}',
};

test('what a process looks up is counted once, where the answers are kept', async () => {
  const kept = new MemoryAnswers({ maxBytes: () => 1_000_000, clock: { epochMs: () => 1_000 } });
  const pair = pipePair();
  serveAnswers(createLine(pair.left), kept);
  const seen = answersOver(createLine(pair.right));
  expect(await seen.get('k')).toBeUndefined();
  // Before an upstream is asked it is looked up again: somebody else may have kept an answer meanwhile.
  expect(await seen.get('k', true)).toBeUndefined();
  seen.put('k', answer);
  expect(await seen.get('k')).toEqual(answer);
  expect(kept.stats()).toMatchObject({ hits: 1, misses: 1, stored: 1 });
  expect(seen.stats()).toMatchObject({ entries: 0, hits: 0, misses: 0, stored: 0 });
});
