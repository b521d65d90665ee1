// Requests of generateContent and streamGenerateContent as they go to Google: camelCase names, enumerations in capitals.
// https://ai.google.dev/api/generate-content#request-body

import { nothingLeft } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { Codec, RequestEncoding } from '../dialect.ts';
import { encodeGeneration } from './generation.encode.ts';
import { tierFromWord } from './tier.ts';
import { encodeChoice, encodeTools } from './tools.encode.ts';
import { encodeTurns } from './turns.encode.ts';
import { withExt } from './wire.read.ts';
import { dropped, extFor, TURNS_AT, type Writing } from './writing.ts';

/** See Codec.encodeRequest. */
export const encodeRequest: Codec['encodeRequest'] = (request, encoding) => ({
  path: pathOf(encoding),
  body: encodeBody(request, encoding),
});

/** The model's path. Plain models are in the collection `models/`; others name theirs. */
function pathOf({ model, stream }: RequestEncoding): string {
  // A lone surrogate cannot be written into an address.
  const plain = model.replace(/^models\//, '').replace(/[\ud800-\udfff]/gu, '\ufffd');
  const name = plain.startsWith('tunedModels/') ? plain : `models/${plain}`;
  const resource = name.split('/').map(encodeURIComponent).join('/');
  return `/v1beta/${resource}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
}

function encodeBody(request: ChatRequest, { traits, losses }: RequestEncoding): JsonObject {
  const {
    origin,
    model: _model,
    stream: _stream,
    includeUsage: _includeUsage,
    turns,
    tools,
    toolChoice,
    parallelToolCalls,
    maxToolCalls,
    sampling,
    maxOutputTokens,
    reasoning,
    output,
    verbosity,
    modalities,
    promptCache,
    serviceTier,
    endUser,
    metadata,
    state,
    ext,
    ...rest
  } = request;
  nothingLeft(rest);
  const writing: Writing = {
    own: origin === 'gemini',
    traits,
    losses,
    turnsAt: TURNS_AT[origin],
    told: new Set(),
  };
  reportUnsaid(writing, { parallelToolCalls, maxToolCalls, verbosity, endUser });
  const generation = encodeGeneration(writing, {
    sampling,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(output === undefined ? {} : { output }),
    ...(modalities === undefined ? {} : { modalities }),
  });
  const encodedTools = encodeTools(writing, tools);
  const toolConfig = encodeToolConfig(writing, toolChoice, tools, encodedTools);
  const wire = {
    ...encodeTurns(writing, turns),
    ...(encodedTools.length === 0 ? {} : { tools: encodedTools }),
    ...(toolConfig === undefined ? {} : { toolConfig }),
    ...(Object.keys(generation).length === 0 ? {} : { generationConfig: generation }),
    ...encodeCache(writing, promptCache),
    ...encodeTier(writing, serviceTier),
    ...encodeState(writing, state),
    ...encodeLabels(writing, metadata),
  };
  return withExt(wire, extFor(writing, ext));
}

function encodeToolConfig(
  writing: Writing,
  choice: ChatRequest['toolChoice'],
  tools: ChatRequest['tools'],
  encoded: readonly JsonObject[],
): JsonObject | undefined {
  if (encoded.length === 0 && !writing.own) return undefined;
  const functionCallingConfig = encodeChoice(writing, choice, tools);
  // Gemini 3 runs functions and hosted tools together only when told so; its models take media in results.
  const isMixed = !writing.own && tools.some(isHosted) && tools.some((tool) => !isHosted(tool));
  const mixed =
    isMixed && writing.traits.imagesInResults === 'native' ? { includeServerSideToolInvocations: true } : {};
  if (functionCallingConfig === undefined && Object.keys(mixed).length === 0) return undefined;
  return { ...(functionCallingConfig === undefined ? {} : { functionCallingConfig }), ...mixed };
}

function isHosted({ kind }: ChatRequest['tools'][number]): boolean {
  return kind === 'hosted';
}

function reportUnsaid(
  writing: Writing,
  said: {
    readonly parallelToolCalls: boolean | undefined;
    readonly maxToolCalls: number | undefined;
    readonly verbosity: string | undefined;
    readonly endUser: ChatRequest['endUser'];
  },
): void {
  if (said.parallelToolCalls === false)
    dropped(
      writing,
      'parallel_tool_calls',
      'parallel-tool-calls',
      'quality',
      'Parallel calls cannot be switched off here.',
    );
  if (said.maxToolCalls !== undefined)
    dropped(
      writing,
      'max_tool_calls',
      'max-tool-calls',
      'quality',
      'The number of calls cannot be limited here.',
    );
  if (said.verbosity !== undefined)
    dropped(writing, 'verbosity', 'verbosity', 'quality', 'There is no verbosity here.');
  if (said.endUser !== undefined)
    dropped(writing, 'user', 'end-user', 'hint', 'There is no place for the person behind the request.');
}

function encodeCache(writing: Writing, cache: ChatRequest['promptCache']): JsonObject {
  if (cache === undefined) return {};
  const { key, retention, options, automatic, resource, ...rest } = cache;
  nothingLeft(rest);
  if ((key ?? retention ?? options ?? automatic) !== undefined)
    dropped(writing, 'prompt_cache_key', 'prompt-cache', 'hint', 'The prompt is cached as Google sees fit.');
  return resource === undefined ? {} : { cachedContent: resource };
}

function encodeTier(writing: Writing, tier: string | undefined): JsonObject {
  if (tier === undefined) return {};
  const word = tierFromWord(tier);
  if (writing.own) return { serviceTier: word ?? tier };
  if (tier === 'auto') return {};
  if (writing.traits.serviceTier && word !== undefined) return { serviceTier: word };
  dropped(
    writing,
    'service_tier',
    'service-tier',
    'quality',
    `The service tier "${tier}" is not known here.`,
  );
  return {};
}

function encodeState(writing: Writing, state: ChatRequest['state']): JsonObject {
  if (state === undefined) return {};
  const { store, previousResponseId, conversation, background, include, truncation, ...rest } = state;
  nothingLeft(rest);
  if (previousResponseId !== undefined || conversation !== undefined)
    dropped(
      writing,
      'previous_response_id',
      'stored-conversation',
      'semantic',
      'No conversation is kept here.',
    );
  if (background === true)
    dropped(writing, 'background', 'background', 'semantic', 'Nothing is answered in the background here.');
  if (truncation !== undefined && truncation !== 'disabled')
    dropped(writing, 'truncation', 'truncation', 'quality', 'Conversations are not cut here.');
  // What to include of an answer names members of another format.
  void include;
  if (store === undefined) return {};
  if (writing.own) return { store };
  if (store) dropped(writing, 'store', 'store', 'hint', 'The answer is not kept.');
  return {};
}

function encodeLabels(writing: Writing, metadata: ChatRequest['metadata']): JsonObject {
  if (metadata === undefined) return {};
  if (writing.own || writing.traits.metadata) return { labels: metadata };
  dropped(writing, 'metadata', 'metadata', 'hint', 'There is no place for metadata.');
  return {};
}
