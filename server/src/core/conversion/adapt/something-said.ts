// A conversation of which nothing is left: an empty one that is sent on is refused upstream in words that name nothing.

import type { Part } from '../../model/content.ts';
import type { Pass } from '../adapt.ts';
import { conversationPath } from './paths.ts';

/** Tells when no turn says anything. To come last, after everything that may take parts away. */
export const somethingSaid: Pass = (request, { traits, losses }) => {
  const { origin, turns, promptCache } = request;
  // In its own format it is for the provider to say.
  if (origin === traits.dialect || promptCache?.resource !== undefined) return { request };
  if (turns.some(({ parts }) => parts.some(says))) return { request };
  losses.add({
    path: conversationPath(origin),
    feature: 'empty-conversation',
    action: 'dropped',
    severity: 'semantic',
    note: 'Nothing is left of the conversation that the target could answer.',
  });
  return { request };
};

function says(part: Part): boolean {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return /\S/.test(part.text);
    case 'reasoning':
      return false;
    default:
      return true;
  }
}
