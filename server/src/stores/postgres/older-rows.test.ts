import { expect, test } from 'vitest';
import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import { ATTEMPT_COLUMNS, attemptValues } from '../tables/attempts.ts';
import type { FlatRows } from '../tables/flat-rows.ts';
import type { Batch } from '../tables/messages.ts';
import { RowBuffer, rowValues } from '../tables/rows.ts';
import { TEXT_COLUMNS } from '../tables/schema.ts';
import { inPresentShape } from './older-rows.ts';

const opening = (id: string): LedgerOpening => ({
  id,
  receivedAtMs: 1_700_000_000_000,
  route: 'chat.completions',
  clientId: 'alice',
  conversationId: undefined,
  agentId: 'helper',
  dialectIn: 'openai-chat',
  use: 'generate',
});

const closing = (id: string): LedgerClosing => ({
  id,
  dialectOut: 'openai-chat',
  modelAsked: 'fast',
  modelServed: 'gpt-test',
  upstreamId: 'up',
  keyId: 'k1',
  attempts: 2,
  status: 200,
  errorCode: undefined,
  headersAtMs: undefined,
  firstByteAtMs: undefined,
  firstOutputAtMs: undefined,
  endedAtMs: 1_700_000_001_000,
  bytesIn: 1,
  bytesOut: 2,
  usage: undefined,
  losses: 'seed=dropped',
  streamed: false,
  aborted: false,
  errorMessage: 'It broke.',
  tries: [1, 2].map((ordinal) => ({
    ordinal,
    cause: 'first',
    upstreamId: 'up',
    keyId: 'k1',
    model: `gpt-${ordinal}`,
    dialect: 'openai-chat',
    startedAtMs: 1,
    headersAtMs: undefined,
    firstByteAtMs: undefined,
    firstOutputAtMs: undefined,
    endedAtMs: 2,
    end: 'failed',
    status: 503,
    reason: undefined,
    errorCode: undefined,
    usage: undefined,
  })),
});

/** Rows without the texts that were added. */
function narrowed<Rows extends FlatRows>(rows: Rows, columns: readonly string[]): Rows {
  const added = new Set(['client_request_id', 'upstream_request_id']);
  const { words, places } = rows.texts;
  const kept = places.filter((_place, at) => !added.has(columns[at % columns.length] ?? ''));
  expect(kept.length).toBeLessThan(places.length);
  return { ...rows, texts: { words, places: kept } };
}

const valuesOf = (batch: Batch): unknown => ({
  exchanges: Array.from({ length: batch.rows }, (_, row) => rowValues(batch, row)),
  attempts: Array.from({ length: batch.attempts?.rows ?? 0 }, (_, row) =>
    batch.attempts === undefined ? [] : attemptValues(batch.attempts, row),
  ),
});

function batch(): Batch {
  const buffer = new RowBuffer(4, undefined);
  buffer.addOpen(1, opening('running'));
  buffer.addDone(2, opening('a'), closing('a'));
  buffer.addDone(3, opening('b'), { ...closing('b'), tries: undefined });
  return buffer.take(1);
}

test('a batch that was laid out before request ids were kept is read with every value in its place', () => {
  const now = batch();
  const attempts = now.attempts;
  if (attempts === undefined) throw new Error('There are attempts.');
  const columns = ATTEMPT_COLUMNS.slice(0, ATTEMPT_COLUMNS.indexOf('exchange'));
  const before = { ...narrowed(now, TEXT_COLUMNS), attempts: narrowed(attempts, columns) };
  expect(valuesOf(inPresentShape(before))).toEqual(valuesOf(now));
});

test('a batch of this version stays as it is', () => {
  const now = batch();
  expect(inPresentShape(now)).toEqual(now);
});
