// The list of models that Codex is given in place of its own, so that it knows how much context the gateway's models take.
// Models that the installed Codex knows are described by its own words; the others take after one of those.

import type { JsonValue } from '../../config/document.ts';
import { type Facts, type KnownModel, knownModel } from '../facts.ts';

type Described = { readonly [member: string]: JsonValue };

/** Members of a description that are only true of the model that it is of. */
const PERSONAL = [
  'upgrade',
  'availability_nux',
  'service_tiers',
  'default_service_tier',
  'additional_speed_tiers',
  'comp_hash',
  'model_messages',
];

/**
 * The list as JSON; undefined where nothing is known that Codex would not know by itself, and where no Codex is installed:
 * without a description to take after, a model would be told less than Codex tells models that it does not know. `wanted`: names that must be on
 * it besides those that the gateway lists.
 */
export function codexCatalogue(facts: Facts, wanted: readonly (string | undefined)[]): string | undefined {
  const described = facts.codexModels ?? [];
  const like = described.find(
    (one) =>
      one['visibility'] === 'list' && one['use_responses_lite'] !== true && one['tool_mode'] === undefined,
  );
  if (like === undefined) return undefined;
  const ids = new Set([...facts.models.map(({ id }) => id), ...wanted.filter((id) => id !== undefined)]);
  const models: Described[] = [];
  for (const id of ids) {
    const known = described.find(({ slug }) => slug === id);
    const model = knownModel(facts, id);
    if (known !== undefined) models.push(narrowed(known, model));
    else if (model.contextTokens > 0) models.push(newEntry(model, like, models.length));
  }
  return models.some(({ slug }) => facts.models.some(({ id }) => id === slug))
    ? `${JSON.stringify({ models })}\n`
    : undefined;
}

/** Its own description, with a window no larger than that of the gateway's model. */
function narrowed(known: Described, { contextTokens }: KnownModel): Described {
  const { context_window: window } = known;
  if (contextTokens === 0 || typeof window !== 'number' || window <= contextTokens) return known;
  return { ...known, context_window: contextTokens, max_context_window: contextTokens };
}

function newEntry(model: KnownModel, like: Described, position: number): Described {
  const { id, contextTokens } = model;
  const members = Object.entries(like).filter(([name]) => !PERSONAL.includes(name));
  const { base_instructions: instructions } = like;
  return {
    ...Object.fromEntries(members),
    ...(typeof instructions === 'string' ? { base_instructions: neutral(instructions) } : {}),
    slug: id,
    display_name: id,
    description: 'Served by Sluice.',
    priority: 100 + position,
    context_window: contextTokens,
    max_context_window: contextTokens,
    supports_search_tool: false,
  };
}

/** Instructions that do not tell a model that it is another one. */
function neutral(instructions: string): string {
  return instructions.replace(/ based on GPT-\w+(?:\.\w+)*/, '');
}
