// The shared faulty provider with a healthy one behind it: which endings each of its faults may have then, and how its
// answers are told apart from the healthy one's.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { LedgerClosing } from '../../src/exchange/ports.ts';
import type { Received } from './client.ts';
import { HEALTHY, HEALTHY_WORD } from './fault-rows.ts';
import type { SharedFault } from './shared-fault-provider.ts';
import { notCut, notWhole, readStrictly } from './strict-reading.ts';
import { wires } from './wire.ts';

/** Statuses that are the request's own fault: told as they are, and tried nowhere else. */
const FINAL: ReadonlySet<string> = new Set(['400', '413', '422']);

/** Faults after output: nobody can take over a stream. Where output and fault came in one read, nothing had been sent yet. */
const AFTER_OUTPUT: ReadonlySet<string> = new Set([
  'bad-chunk-size',
  'chunked-truncated',
  'reset-mid',
  'end-mid',
  'stall-mid',
  'error-mid',
  'idle',
]);

/** Broken somewhere, and still of use to some: either a whole answer or one clear error. */
const UNCERTAIN: ReadonlySet<string> = new Set([
  'chunked-no-final',
  'end-before-last',
  'no-last-blank',
  'invalid-json-chunk',
  'invalid-utf8',
  'weird-deltas',
  'big-event',
  'dup-terminal',
  'deep-json',
  'dup-keys',
  'usage-garbage',
]);

/** An answer that a client got. */
export interface FailoverCase {
  readonly fault: SharedFault;
  readonly from: DialectId;
  readonly stream: boolean;
  readonly answer: Received;
  readonly row: LedgerClosing;
}

type Got = 'healthy' | 'own' | 'cut' | 'error' | string;

/** What the text of a whole answer of the shared provider consists of. */
const OWN = /^t\d|^x{9}|^\[none:0\]/;
/** A whole answer, although only its last event came: there may be no text in it. */
const END_ONLY = 'done-only';
/** Its last event is only complete when the end of the stream is taken for a blank line. */
const NO_BLANK = 'no-last-blank';

function gotOf({ fault, from, stream, answer }: FailoverCase): Got {
  const blank = stream && fault.name === NO_BLANK ? '\n\n' : '';
  const text = answer.text().replace(/^\uFEFF/, '') + blank;
  if (answer.end === 'cut') return 'a cut connection';
  const seen = wires[from].understand(text, stream && answer.status < 400);
  if (answer.status >= 400) return seen.error === undefined ? 'an error without a body' : 'error';
  if (!stream) {
    if (!seen.complete) return `no answer: ${text.slice(0, 100)}`;
    return seen.text === HEALTHY ? 'healthy' : seen.text.includes(HEALTHY_WORD) ? 'a splice' : 'own';
  }
  const strict = readStrictly(from, text);
  if (strict.errors > 0) return notCut(from, text, HEALTHY_WORD) ?? 'cut';
  if (strict.text.includes(HEALTHY_WORD)) return notWhole(from, text, HEALTHY) ?? 'healthy';
  if (strict.ends === 0) return 'a stream without an end';
  const isOwn = OWN.test(strict.text) || (fault.name === END_ONLY && strict.text === '');
  return isOwn ? 'own' : `the text "${strict.text}"`;
}

function allowed({ fault: { name, expected }, stream }: FailoverCase): readonly Got[] {
  if (FINAL.has(name)) return ['error'];
  if (AFTER_OUTPUT.has(name) && stream) return ['cut', 'healthy'];
  if (UNCERTAIN.has(name)) return ['own', 'healthy', 'cut'];
  if (expected === 'ok') return ['own'];
  return expected === 'either' ? ['own', 'healthy'] : ['healthy'];
}

/** What is wrong with an answer; undefined: nothing. */
export function wrongFailover(one: FailoverCase): string | undefined {
  const { fault, answer, row } = one;
  const got = gotOf(one);
  const may = allowed(one);
  if (!may.includes(got))
    return `${fault.name}: ${got} for ${may.join(' or ')}, status ${answer.status}, ${row.attempts} attempts`;
  if (got !== 'healthy') return undefined;
  // A provider that says that nothing is left of its limit is not asked again before that time.
  if (row.attempts === 1 && row.upstreamId === 'good' && fault.name.startsWith('429')) return undefined;
  const [first, second] = row.tries ?? [];
  if (first?.end !== 'failed' || second?.end !== 'answered') return `${fault.name}: tries are not told`;
  const gapMs = second.startedAtMs - first.endedAtMs;
  // The next attempt begins in the very moment in which the one before has failed.
  return gapMs <= 50 ? undefined : `${fault.name}: ${gapMs} ms between the attempts`;
}
