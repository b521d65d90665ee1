// Hints for the prompt cache. Without them the answer is the same and the bill another.

import type { Part } from '../../model/content.ts';
import { familyOf } from '../../model/dialect-id.ts';
import { digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ChatRequest, PromptCache, ToolDefinition } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { mapParts } from './parts.ts';
import { conversationPath } from './paths.ts';

/** Longest key that OpenAI takes. */
const KEY_LIMIT = 64;

/** Cache marks and keys as the target understands them. */
export const caching: Pass = (request, adapting) => {
  const unmarked = adapting.traits.cacheMarks === 'none' ? withoutMarks(request, adapting) : request;
  return { request: withKey(unmarked, adapting) };
};

function withoutMarks(request: ChatRequest, { losses, traces }: Adapting): ChatRequest {
  const turns = traces?.cacheMarks === false ? request.turns : mapParts(request.turns, unmarkedPart);
  const tools = request.tools.some(({ cache }) => cache !== undefined)
    ? request.tools.map(unmarkedTool)
    : request.tools;
  const automatic = request.promptCache?.automatic;
  if (turns === request.turns && tools === request.tools && automatic === undefined) return request;
  losses.add({
    path: conversationPath(request.origin),
    feature: 'cache-marks',
    action: 'dropped',
    severity: 'hint',
    note: 'The target caches as it sees fit.',
  });
  const { promptCache, ...rest } = request;
  if (promptCache === undefined) return { ...rest, turns, tools };
  const { automatic: _automatic, ...cache } = promptCache;
  return { ...rest, turns, tools, ...(Object.keys(cache).length === 0 ? {} : { promptCache: cache }) };
}

function unmarkedPart(part: Part): Part {
  if (part.cache === undefined) return part;
  const { cache: _mark, ...rest } = part;
  return rest;
}

function unmarkedTool(tool: ToolDefinition): ToolDefinition {
  if (tool.cache === undefined) return tool;
  const { cache: _mark, ...rest } = tool;
  return rest;
}

function withKey(request: ChatRequest, adapting: Adapting): ChatRequest {
  const { traits } = adapting;
  const { promptCache, ...rest } = request;
  const { key, retention, resource, automatic, options } = promptCache ?? {};
  const cache: PromptCache = {
    ...(automatic === undefined ? {} : { automatic }),
    ...keyAndRetention(request, key, retention, adapting),
    ...optionsFor(request, options, adapting),
    ...(resource === undefined || !isHome(request, adapting) ? {} : { resource }),
  };
  const same =
    cache.key === key &&
    cache.retention === retention &&
    cache.options === options &&
    cache.resource === resource &&
    promptCache !== undefined;
  if (same || (promptCache === undefined && cache.key === undefined)) return request;
  if (resource !== undefined && cache.resource === undefined)
    adapting.losses.add({
      path: 'cachedContent',
      feature: 'cached-content',
      action: 'dropped',
      severity: 'semantic',
      note: `What ${resource.slice(0, 80)} holds is known to another vendor only; ${traits.vendor} would not see it.`,
    });
  return Object.keys(cache).length === 0 ? rest : { ...rest, promptCache: cache };
}

/** Formats of OpenAI have them in common; servers of others are asked for nothing that they may not know. */
function optionsFor(
  request: ChatRequest,
  options: JsonObject | undefined,
  adapting: Adapting,
): Pick<PromptCache, 'options'> {
  if (options === undefined) return {};
  const { dialect, promptCacheKey } = adapting.traits;
  if (isHome(request, adapting) || (familyOf(dialect) === 'openai' && promptCacheKey)) return { options };
  adapting.losses.add({
    path: 'prompt_cache_options',
    feature: 'prompt-cache-key',
    action: 'dropped',
    severity: 'hint',
    note: 'The target caches as it sees fit.',
  });
  return {};
}

/** The resource stays where the format is the same. */
function isHome({ origin }: ChatRequest, { traits }: Adapting): boolean {
  return origin === traits.dialect;
}

function keyAndRetention(
  { origin, endUser }: ChatRequest,
  key: string | undefined,
  retention: string | undefined,
  { traits, losses }: Adapting,
): Pick<PromptCache, 'key' | 'retention'> {
  if (!traits.promptCacheKey) {
    if (key !== undefined || retention !== undefined)
      losses.add({
        path: 'prompt_cache_key',
        feature: 'prompt-cache-key',
        action: 'dropped',
        severity: 'hint',
        note: 'The target caches as it sees fit.',
      });
    return {};
  }
  // G63: Claude Code's user id is one per session, too long for a key and nobody else's business.
  const session = origin === 'anthropic-messages' ? endUser?.id : undefined;
  const wanted = key ?? session;
  if (wanted === undefined) return retention === undefined ? {} : { retention };
  const fits = key !== undefined && key.length <= KEY_LIMIT;
  return {
    key: fits ? key : `sluice-${digest(wanted)}`,
    ...(retention === undefined ? {} : { retention }),
  };
}
