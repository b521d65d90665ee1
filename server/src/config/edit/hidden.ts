// Hidden secrets on their way back into a configuration, and secrets that stay where they are while what is around them
// changes: neither may end up at an address that it was not given for.

import { MAX_DEPTH, offsetBeyondDepth } from '../document.ts';
import { type PathStep, type Problem, pathText } from '../problem.ts';
import type { Edit } from './change-text.ts';
import { writtenValue } from './difference.ts';
import type { Target } from './orders.ts';
import { astray, movedUpstreams, upstreamIdAt } from './origins.ts';
import { restoreSecrets, secretSpans } from './secret-text.ts';

/** A text with all its secrets, or what is wrong with them. */
export type Whole =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const STANDS_FOR_NOTHING = 'Stands for a hidden secret, but none was hidden here.';
const STRAY =
  'The upstream has another address now, and its keys were given for the one before: they do not follow.';
const TOO_DEEP = `Nested deeper than ${MAX_DEPTH} levels.`;
const GIVE_AGAIN = 'Write the key itself again, or a reference such as "${OPENAI_API_KEY}".';

/** The text with its hidden secrets, as long as each goes where it was. */
export function withSecrets(text: string, { path, base }: Target): Whole {
  const tooDeep = offsetBeyondDepth(text);
  if (tooDeep !== undefined) {
    const { suggestion: _none, ...problem } = problemAt(path, text, tooDeep, [], TOO_DEEP);
    return { ok: false, problems: [problem] };
  }
  const whole = restoreSecrets(text, base);
  if (!whole.ok)
    return { ok: false, problems: [problemAt(path, text, whole.offset, whole.path, STANDS_FOR_NOTHING)] };
  const lost = astray(writtenValue(path, base), writtenValue(path, whole.text), whole.restored);
  if (lost.length === 0) return { ok: true, text: whole.text };
  return { ok: false, problems: lost.map((at) => problemAt(path, text, undefined, at, STRAY)) };
}

/** The same for a text that single edits have made: what they do not name may not move with its upstream. */
export function withSecretsAfter(edits: readonly Edit[], text: string, target: Target): Whole {
  const whole = withSecrets(text, target);
  if (!whole.ok) return whole;
  const { path, base } = target;
  const after = writtenValue(path, whole.text);
  const moved = movedUpstreams(writtenValue(path, base), after);
  if (moved.length === 0) return whole;
  const before = new Set(secretSpans(base).map(({ written }) => written));
  const sent = JSON.stringify(edits);
  const kept = secretSpans(whole.text).filter(({ path: at, written }) => {
    const id = upstreamIdAt(after, at);
    return id !== undefined && moved.includes(id) && before.has(written) && !sent.includes(written);
  });
  if (kept.length === 0) return whole;
  return {
    ok: false,
    problems: kept.map(({ path: at, start }) => problemAt(path, whole.text, start, at, STRAY)),
  };
}

function problemAt(
  file: string,
  text: string,
  offset: number | undefined,
  path: readonly PathStep[],
  message: string,
): Problem {
  const before = offset === undefined ? undefined : text.slice(0, offset).split('\n');
  return {
    severity: 'error',
    file,
    line: before?.length,
    column: before === undefined ? undefined : (before.at(-1)?.length ?? 0) + 1,
    path: pathText(path),
    message,
    suggestion: GIVE_AGAIN,
  };
}
