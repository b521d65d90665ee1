// Web search in the words of each format. They share little more than the fact that there is one: domains, the place of
// the user and the size of the context stand in some of them only.

import type { DialectId } from '../../../model/dialect-id.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../../../model/json.ts';
import type { HostedTool } from '../../../model/request.ts';
import { defined, type Rewritten, type Unsaid, unsaid, unsaidOf } from './rewritten.ts';

/** A search in no format's words. */
interface Search {
  readonly allowedDomains: readonly unknown[];
  readonly blockedDomains: readonly unknown[];
  readonly maxUses: unknown;
  readonly contextSize: unknown;
  /** city, region, country, timezone. */
  readonly place: JsonObject | undefined;
  /** What only its own format knows. */
  readonly unsaid: readonly Unsaid[];
}

/** Web search in the words of another format. */
export function webSearch(hosted: HostedTool, target: DialectId): Rewritten {
  const search = readSearch(hosted);
  switch (target) {
    case 'openai-responses':
      return openaiResponses(search);
    case 'openai-chat':
      return openaiChat(search);
    case 'anthropic-messages':
      return anthropicMessages(search);
    case 'gemini':
      return gemini(search);
  }
}

function readSearch({ dialect, type, config: whole }: HostedTool): Search {
  // gemini: the tool is an object with one member, whose name is the type.
  const config = dialect === 'gemini' ? (objectOf(whole[type]) ?? {}) : whole;
  const filters = objectOf(config['filters']);
  const location = objectOf(config['user_location']);
  const carried = [
    'filters',
    'user_location',
    'search_context_size',
    'allowed_domains',
    'blocked_domains',
    'max_uses',
    'excludeDomains',
  ];
  // Access to the live web is what every search has unless told otherwise.
  if (config['external_web_access'] === true) carried.push('external_web_access');
  return {
    allowedDomains: listOf(filters?.['allowed_domains'] ?? config['allowed_domains']),
    blockedDomains: listOf(
      filters?.['blocked_domains'] ?? config['blocked_domains'] ?? config['excludeDomains'],
    ),
    maxUses: config['max_uses'] ?? undefined,
    contextSize: config['search_context_size'] ?? undefined,
    place: placeOf(objectOf(location?.['approximate']) ?? location),
    unsaid: unsaidOf(config, carried),
  };
}

function placeOf(location: JsonObject | undefined): JsonObject | undefined {
  const place = defined({
    city: textOf(location?.['city']),
    region: textOf(location?.['region']),
    country: textOf(location?.['country']),
    timezone: textOf(location?.['timezone']),
  });
  return Object.keys(place).length === 0 ? undefined : place;
}

/** The names of what a search says and the target has no word for. */
function missing(search: Search, words: readonly (keyof Search)[]): Unsaid[] {
  const said: Unsaid[] = [...search.unsaid];
  const note = (word: keyof Search, says: boolean, member: string) => {
    if (says && !words.includes(word)) said.push(unsaid(member));
  };
  note('allowedDomains', search.allowedDomains.length > 0, 'allowed_domains');
  note('blockedDomains', search.blockedDomains.length > 0, 'blocked_domains');
  note('maxUses', search.maxUses !== undefined, 'max_uses');
  note('contextSize', search.contextSize !== undefined, 'search_context_size');
  note('place', search.place !== undefined, 'user_location');
  return said;
}

function listed(domains: readonly unknown[]): readonly unknown[] | undefined {
  return domains.length === 0 ? undefined : domains;
}

function openaiResponses(search: Search): Rewritten {
  const { allowedDomains, contextSize, place } = search;
  const config = defined({
    type: 'web_search',
    filters: allowedDomains.length === 0 ? undefined : { allowed_domains: allowedDomains },
    user_location: place === undefined ? undefined : { type: 'approximate', ...place },
    search_context_size: contextSize,
  });
  return {
    name: 'web_search',
    hosted: { dialect: 'openai-responses', does: 'web-search', type: 'web_search', config },
    unsaid: missing(search, ['allowedDomains', 'contextSize', 'place']),
  };
}

function openaiChat(search: Search): Rewritten {
  const { contextSize, place } = search;
  const config = defined({
    search_context_size: contextSize,
    user_location: place === undefined ? undefined : { type: 'approximate', approximate: place },
  });
  return {
    name: 'web_search',
    hosted: { dialect: 'openai-chat', does: 'web-search', type: 'web_search_options', config },
    unsaid: missing(search, ['contextSize', 'place']),
  };
}

function anthropicMessages(search: Search): Rewritten {
  const { allowedDomains, blockedDomains, maxUses, place } = search;
  const type = 'web_search_20250305';
  const config = defined({
    type,
    name: 'web_search',
    allowed_domains: listed(allowedDomains),
    // Only one of the two lists may be given; the narrower one says more.
    blocked_domains: allowedDomains.length === 0 ? listed(blockedDomains) : undefined,
    max_uses: maxUses,
    user_location: place === undefined ? undefined : { type: 'approximate', ...place },
  });
  const words: (keyof Search)[] = ['allowedDomains', 'maxUses', 'place'];
  if (allowedDomains.length === 0) words.push('blockedDomains');
  return {
    name: 'web_search',
    hosted: { dialect: 'anthropic-messages', does: 'web-search', type, config },
    unsaid: missing(search, words),
  };
}

/** `excludeDomains` is known on Vertex AI alone and refused elsewhere. */
function gemini(search: Search): Rewritten {
  return {
    name: 'googleSearch',
    hosted: { dialect: 'gemini', does: 'web-search', type: 'googleSearch', config: { googleSearch: {} } },
    unsaid: missing(search, []),
  };
}
