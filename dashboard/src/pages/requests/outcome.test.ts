import { expect, test } from 'vitest';
import { type Ending, type Outcome, outcomeOf } from './outcome.ts';

test.each<[Outcome, Ending]>([
  ['ok', { state: 'done', status: 200 }],
  ['ok', { state: 'done', status: 101 }],
  ['error', { state: 'done', status: 500 }],
  ['error', { state: 'done', status: 200, errorCode: 'upstream_stream_error' }],
  ['left', { state: 'done', status: 499, aborted: true, errorCode: 'client_closed' }],
  ['open', { state: 'open' }],
  ['interrupted', { state: 'interrupted', status: 200 }],
])('%s: %j', (outcome, ending) => {
  expect(outcomeOf(ending)).toBe(outcome);
});
