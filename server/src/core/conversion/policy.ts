// What becomes of a conversion that loses something: refused before anything is sent, or told in a response header.

import { type SluiceError, sluiceError } from '../model/error.ts';
import type { Loss } from '../model/loss.ts';

/** refuse: with a 400 that names it. allow: leave it out and say so in `x-sluice-loss`. */
export type Lossy = 'refuse' | 'allow';

/** What the operator and the client have decided. */
export interface ConversionPolicy {
  /** Refuse also what only makes the answer worse, whatever `lossy` says. */
  readonly strict: boolean;
  /** What happens to a request whose meaning would change. */
  readonly lossy: Lossy;
}

/**
 * The history of the question: without it the answer is one to something else, whatever anybody allows. An operator who
 * allows losses thinks of settings, not of the conversation.
 */
const NEVER_ALLOWED: ReadonlySet<string> = new Set([
  'previous-response-id',
  'previous-response',
  'stored-conversation',
  'conversation',
  'empty-conversation',
]);

/** Losses that a refusal names; the rest is counted. */
const NAMED = 5;

/** Longest value of the header, in bytes. */
const HEADER_LIMIT = 1024;

/** The 400 that the losses call for, or undefined. It names what is lost and where it stood. */
export function refusal(losses: readonly Loss[], policy: ConversionPolicy): SluiceError | undefined {
  const refused = losses.filter((loss) => isRefused(loss, policy));
  const [first] = refused;
  if (first === undefined) return undefined;
  const named = refused.slice(0, NAMED).map(({ path, feature, note }) => `${path} (${feature}): ${note}`);
  const more = refused.length > NAMED ? ` And ${refused.length - NAMED} more.` : '';
  return sluiceError(
    'unsupported_feature',
    `The model's upstream speaks another format, which cannot carry this request. ${named.join(' ')}${more}`,
    {
      param: first.path,
      suggestion: NEVER_ALLOWED.has(first.feature)
        ? 'Send the whole conversation, or choose a model whose upstream has it.'
        : policy.strict
          ? 'Leave it out, or do not ask for a strict conversion.'
          : 'Leave it out, choose a model whose upstream speaks the format of this request, or set conversion.lossy to "allow".',
    },
  );
}

function isRefused({ severity, feature }: Loss, { strict, lossy }: ConversionPolicy): boolean {
  if (severity === 'hint') return false;
  return strict || (severity === 'semantic' && (lossy === 'refuse' || NEVER_ALLOWED.has(feature)));
}

/**
 * The value of `x-sluice-loss`: `top-k=dropped, stop-sequences=emulated, +2 more`, in order and each pair once; undefined
 * when nothing but hints was lost. ASCII, at most 1 KiB.
 */
export function lossHeader(losses: readonly Loss[]): string | undefined {
  const told = losses.filter(({ severity }) => severity !== 'hint');
  const pairs = [
    ...new Set(told.map(({ feature, action }) => `${feature.replace(/[^\w.-]/g, '_')}=${action}`)),
  ];
  if (pairs.length === 0) return undefined;
  const whole = pairs.join(', ');
  if (whole.length <= HEADER_LIMIT) return whole;
  let value = '';
  for (const [index, pair] of pairs.entries()) {
    const more = `+${pairs.length - index} more`;
    const longer = value === '' ? pair : `${value}, ${pair}`;
    // There has to be room for the count of those that come after this one.
    if (longer.length + 2 + more.length > HEADER_LIMIT) return value === '' ? more : `${value}, ${more}`;
    value = longer;
  }
  return value;
}
