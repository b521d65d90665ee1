// Which model name the client sees in an answer: the one that it asked for, or with `echoModel: "upstream"` the one that
// the upstream gives.

import type { RoutingRoute } from '../core/routing/policy.ts';
import type { Exchange, Target } from './context.ts';

/** The name that answers show; undefined leaves what the upstream says. A request without a name is shown the one it was given. */
export function shownModelOf(
  { echoModel }: Pick<RoutingRoute, 'echoModel'>,
  asked: string,
  given: string,
): string | undefined {
  const name = asked === '' ? given : asked;
  return echoModel === 'upstream' || name === '' ? undefined : name;
}

/** The name to write over the upstream's; undefined where it was asked under the client's own, and its answer may say more. */
export function echoedModel({ shownModel }: Exchange, { model }: Target): string | undefined {
  return shownModel === model ? undefined : shownModel;
}
