// Who asks, what for, and what the provider should remember: labels within the target's limits, and no ids of conversations
// that only another vendor keeps (G63, G74).

import { digest } from '../../model/digest.ts';
import type { LossSeverity } from '../../model/loss.ts';
import type { ChatRequest, ConversationState } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { pathOfMember } from './paths.ts';

/** Longest id of a person that everyone takes. */
const ID_LIMIT = 64;

/** https://developers.openai.com/api/docs/api-reference/responses/create#responses_create-metadata */
const METADATA = { keys: 16, keyLength: 64, valueLength: 512 } as const;

type Mutable = { -readonly [K in keyof ChatRequest]: ChatRequest[K] };

/** Labels, persons, tiers and state as the target takes them. */
export const identity: Pass = (request, adapting) => {
  const kept: Mutable = { ...request };
  metadata(kept, adapting);
  endUser(kept, adapting);
  wishes(kept, adapting);
  modalities(kept, adapting);
  state(kept, adapting);
  const keys = Object.keys(request) as (keyof ChatRequest)[];
  return { request: keys.every((key) => kept[key] === request[key]) ? request : kept };
};

function tell(
  { losses }: Adapting,
  path: string,
  feature: string,
  note: string,
  severity: LossSeverity = 'hint',
): void {
  losses.add({ path, feature, action: 'dropped', severity, note });
}

function metadata(kept: Mutable, adapting: Adapting): void {
  const given = kept.metadata;
  if (given === undefined) return;
  const { traits } = adapting;
  // In anthropic-messages it holds the id of the person and nothing else.
  if (!traits.metadata || traits.dialect === 'anthropic-messages') {
    delete kept.metadata;
    if (Object.keys(given).length > 0)
      tell(adapting, 'metadata', 'metadata', 'The target takes no metadata.');
    return;
  }
  const entries = Object.entries(given);
  const fitting = entries
    .filter(([key]) => key.length <= METADATA.keyLength)
    .slice(0, METADATA.keys)
    .map(([key, value]): [string, string] => [key, value.slice(0, METADATA.valueLength)]);
  if (fitting.length === entries.length && fitting.every(([key, value]) => given[key] === value)) return;
  kept.metadata = Object.fromEntries(fitting);
  tell(adapting, 'metadata', 'metadata', 'Metadata was cut to 16 entries of at most 64 and 512 characters.');
}

function shortened(id: string | undefined): string | undefined {
  return id === undefined || id.length <= ID_LIMIT ? id : `user-${digest(id)}`;
}

function endUser(kept: Mutable, adapting: Adapting): void {
  let given = kept.endUser;
  if (given === undefined) return;
  const { dialect } = adapting.traits;
  if (dialect === 'gemini' || (dialect === 'anthropic-messages' && !adapting.traits.metadata)) {
    delete kept.endUser;
    tell(adapting, pathOfMember(kept.origin, 'endUser'), 'end-user', 'The target is not told who asks.');
    return;
  }
  // One id has a place there.
  if (dialect === 'anthropic-messages' && given.id !== undefined && given.safetyId !== undefined) {
    const path = pathOfMember(kept.origin, 'safetyId');
    tell(adapting, path, 'end-user', 'The target is told one id of the person; the other was left out.');
    const { safetyId: _left, ...one } = given;
    kept.endUser = one;
    given = one;
  }
  const id = shortened(given.id);
  const safetyId = shortened(given.safetyId);
  if (id === given.id && safetyId === given.safetyId) return;
  kept.endUser = { ...(id === undefined ? {} : { id }), ...(safetyId === undefined ? {} : { safetyId }) };
  adapting.losses.add({
    path: pathOfMember(kept.origin, 'endUser'),
    feature: 'end-user',
    action: 'approximated',
    severity: 'hint',
    note: 'A long id of the person was replaced by its digest.',
  });
}

function wishes(kept: Mutable, adapting: Adapting): void {
  const { traits } = adapting;
  if (kept.serviceTier !== undefined && !traits.serviceTier) {
    if (kept.serviceTier !== 'auto' && kept.serviceTier !== 'default')
      tell(
        adapting,
        pathOfMember(kept.origin, 'serviceTier'),
        'service-tier',
        'The target has no service tiers.',
      );
    delete kept.serviceTier;
  }
  if (kept.verbosity !== undefined && !traits.verbosity) {
    delete kept.verbosity;
    tell(
      adapting,
      pathOfMember(kept.origin, 'verbosity'),
      'verbosity',
      'The target cannot be told how much to say.',
    );
  }
}

/** Other output than text: pictures of gemini alone can be carried back to every format. */
function modalities(kept: Mutable, adapting: Adapting): void {
  const given = kept.modalities;
  const { dialect } = adapting.traits;
  if (given === undefined || kept.origin === dialect) return;
  const possible = given.filter((kind) => kind === 'text' || (kind === 'image' && dialect === 'gemini'));
  if (possible.length === given.length) return;
  const lost = given.filter((kind) => !possible.includes(kind));
  if (possible.length === 0) delete kept.modalities;
  else kept.modalities = possible;
  const note = `The target does not answer with ${lost.join(', ').slice(0, 100)}.`;
  tell(adapting, pathOfMember(kept.origin, 'modalities'), 'output-modalities', note, 'semantic');
}

function state(kept: Mutable, adapting: Adapting): void {
  const given = kept.state;
  const { dialect } = adapting.traits;
  if (given === undefined || dialect === 'openai-responses') return;
  const foreign = (member: keyof ConversationState, path: string): void => {
    if (given[member] === undefined) return;
    const note = 'The target does not have the conversation that this continues; send all of it.';
    tell(adapting, path, path.replaceAll('_', '-'), note, 'semantic');
  };
  foreign('previousResponseId', 'previous_response_id');
  foreign('conversation', 'conversation');
  if (given.background === true)
    tell(adapting, 'background', 'background', 'The target answers at once or not at all.', 'semantic');
  const keepsAnswers = kept.origin === dialect && dialect === 'openai-chat';
  if (given.store === true && !keepsAnswers)
    tell(adapting, 'store', 'store', 'The target does not keep answers.');
  // Codex asks for encrypted reasoning every time; it comes without asking.
  const include = given.include?.filter((what) => what !== 'reasoning.encrypted_content') ?? [];
  if (include.length > 0) tell(adapting, 'include', 'include', 'The target’s format has no such additions.');
  if (given.truncation !== undefined && given.truncation !== 'disabled')
    tell(adapting, 'truncation', 'truncation', 'The target does not shorten conversations.');
  // Not to be kept is what every target does unasked, and servers of openai-chat refuse to be told.
  if (kept.origin !== dialect || (given.store !== false && !keepsAnswers)) delete kept.state;
}
