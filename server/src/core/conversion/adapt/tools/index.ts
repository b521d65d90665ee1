// The passes that concern tools, in the order in which they work on a request. Answers go through them backwards.

import type { Pass } from '../../adapt.ts';
import { callIds } from './call-ids.ts';
import { toolChoice } from './choice.ts';
import { customTools } from './custom.ts';
import { deferredTools } from './deferred.ts';
import { hostedTools } from './hosted.ts';
import { toolNames } from './names.ts';
import { namespaceTools } from './namespaces.ts';
import { strictTools } from './strict.ts';

/**
 * First what changes a tool in its place, so that reports name the place where it stood; then which tools there are, and
 * what they are called; then the choice among them, which speaks of names.
 */
export const toolPasses: readonly Pass[] = [
  deferredTools,
  customTools,
  namespaceTools,
  strictTools,
  hostedTools,
  toolNames,
  toolChoice,
  callIds,
];
