// Decides whether an attempt needs a conversion, and makes it: the client's request in the words of the target, or the
// reason why the target cannot be asked.

import { type Conversion, convertRequest } from '../../core/conversion/convert.ts';
import { type ConversionPolicy, refusal } from '../../core/conversion/policy.ts';
import { continuedRequest } from '../../core/conversion/resume/continued-request.ts';
import { dialects } from '../../core/dialects/index.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { ChatRequest, ReasoningWish } from '../../core/model/request.ts';
import { TOKEN_PREFIX } from '../../core/model/token.ts';
import { keepsTo } from '../../core/providers/body-rules.ts';
import { traitsFor } from '../../core/providers/traits/index.ts';
import { withMark } from '../cache-marks.ts';
import type { Broken, Exchange, Target } from '../context.ts';

/**
 * How a wrapped token begins where it is the whole of a JSON string: in the clear, and in base64 (gemini). Searched for by
 * a few characters of it that are rare in prose: bodies are large, and longer texts cost the runtime many times more.
 */
const WRAPPED: readonly { readonly start: string; readonly needle: string }[] = [
  { start: `"${TOKEN_PREFIX}`, needle: '.1.' },
  { start: '"c2x1aWNlLjEu', needle: 'LjEu' },
];

/** After so many finds that were something else, the whole beginning is searched for. */
const MOST_FALSE_FINDS = 256;

/** True when the upstream is to be asked for a stream. */
export function streamsUpstream(exchange: Exchange, target: Target): boolean {
  const { streaming } = target.upstream;
  // Only generations can be put together or taken apart.
  if (streaming === 'any' || exchange.use !== 'generate') return exchange.peeked.stream;
  return streaming === 'always';
}

/**
 * True when the bytes cannot go through as they are: another format, another way of streaming, or tokens of a vendor that
 * is not the target's. `withoutTokens`: the target has refused the tokens that it was sent.
 */
export function needsConversion(exchange: Exchange, target: Target, withoutTokens: boolean): boolean {
  if (exchange.use !== 'generate') return !target.native;
  if (target.dialect !== exchange.dialect.id || withoutTokens || target.effort !== undefined) return true;
  const { bodyRules } = target.upstream.provider;
  if (bodyRules !== undefined && !keepsTo(bodyRules, exchange.body)) return true;
  return streamsUpstream(exchange, target) !== exchange.peeked.stream || exchange.carriesTokens();
}

/** True for a body with a wrapped token in it. */
export function carriesTokens(body: Buffer): boolean {
  return WRAPPED.some(({ start, needle }) => {
    const before = start.length - needle.length;
    let at = body.indexOf(needle);
    for (let finds = 0; at !== -1; finds++) {
      if (finds === MOST_FALSE_FINDS) return body.includes(start, Math.max(0, at - before));
      if (at >= before && body.toString('latin1', at - before, at + needle.length) === start) return true;
      at = body.indexOf(needle, at + 1);
    }
    return false;
  });
}

/** The request with the effort that the model's name asks for. Whatever the body says of reasoning, but how it is shown, gives way. */
function withEffort(request: ChatRequest, effort: Target['effort']): ChatRequest {
  if (effort === undefined) return request;
  const show = request.reasoning?.show;
  const wish: ReasoningWish = effort === 'none' ? { mode: 'off' } : { mode: 'auto', effort };
  return { ...request, reasoning: show === undefined ? wish : { ...wish, show } };
}

/** The conversion of one attempt, or why there is none. */
export function prepareConversion(
  exchange: Exchange,
  target: Target,
  withoutTokens: boolean,
): Conversion | SluiceError {
  const decoded = exchange.decoded();
  if ('code' in decoded) return decoded;
  const request = withMark(withEffort(decoded, target.effort), exchange, target);
  const { upstream, dialect, model } = target;
  const conversion = convertRequest({
    from: exchange.dialect,
    to: dialects[dialect],
    request,
    target: {
      model,
      stream: streamsUpstream(exchange, target),
      traits: traitsFor(upstream.provider.id, dialect, model, upstream.traits),
    },
    recalled: exchange.recollection.recalled,
    withoutTokens,
  });
  return refusal(conversion.losses.losses, policyFor(exchange, target)) ?? conversion;
}

/**
 * The conversion of an attempt that goes on with what the client has: the question with what was said so far. What the
 * first target was allowed to lose is not asked about once more.
 */
export function prepareResumption(
  exchange: Exchange,
  target: Target,
  { said }: Broken,
): Conversion | SluiceError {
  const { upstream, dialect, model } = target;
  if (upstream.streaming === 'never')
    return sluiceError('unsupported_feature', `The upstream ${upstream.id} does not stream.`);
  const asked = exchange.decoded();
  if ('code' in asked) return asked;
  const traits = traitsFor(upstream.provider.id, dialect, model, upstream.traits);
  return convertRequest({
    from: exchange.dialect,
    to: dialects[dialect],
    request: continuedRequest(withEffort(asked, target.effort), said, traits),
    target: { model, stream: true, traits },
    recalled: exchange.recollection.recalled,
  });
}

/** What is to be done about losses: the client's word in its headers goes before the upstream's and the general one. */
export function policyFor({ inbound, settings }: Exchange, { upstream }: Target): ConversionPolicy {
  const says = (name: string): string | undefined => inbound.header(name)?.trim().toLowerCase();
  const allowed = says('x-sluice-lossy') === 'allow';
  return {
    strict: settings.conversion.strict || says('x-sluice-strict') === 'true',
    lossy: allowed ? 'allow' : (upstream.lossy ?? settings.conversion.lossy),
  };
}
