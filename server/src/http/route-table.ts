// Every route that the gateway has, as data. Each row says which dialect or family it belongs to, what is done with it,
// and who may call it; tests enumerate the rows, so that no path exists without an answer to those questions.

import type { DialectId, Family, Use } from '../core/model/dialect-id.ts';
import type { KeyAction } from '../exchange/operator/operator.ts';

/**
 * Who may call a route: a configured client, anyone (also without a credential), whoever may read our key file, whoever
 * has the admin key (or the operator's token, or a session made with one), or a client as well as those; or whoever may read the
 * metrics (http/metrics.ts).
 */
export type Access = 'client' | 'anyone' | 'operator' | 'admin' | 'client-or-admin' | 'metrics';

interface RouteFacts {
  /** Name in the ledger, in metrics and in tests. Rows of the same name differ only in family. */
  readonly name: string;
  readonly methods: readonly string[];
  /**
   * Canonical paths. `{id}` is one segment, `{model}` one or more segments, a final `/**` the path itself and everything
   * below it.
   */
  readonly paths: readonly string[];
  readonly access: Access;
}

/** A request whose body the gateway reads, to choose an upstream by model. */
export interface ExchangeRoute extends RouteFacts {
  readonly kind: 'exchange';
  readonly dialect: DialectId;
  readonly use: Use;
  /** The path itself says that the answer is a stream (gemini). */
  readonly stream?: true;
  /** A WebSocket may be opened here (with GET), in which every message is such a request. */
  readonly webSocket?: true;
  /** The request comes in the unified shape, and stands for one of the dialect. */
  readonly unified?: true;
}

/** A native resource of a vendor family, passed through as it is. */
export interface ResourceRoute extends RouteFacts {
  readonly kind: 'resource';
  readonly family: Family;
  /** A WebSocket may be opened here; a route of neither kind answers such a wish with 426. */
  readonly webSocket?: true;
}

/** The list of models, or one model, in the shape of a family. */
export interface ModelsRoute extends RouteFacts {
  readonly kind: 'models';
  readonly family: Family;
}

/** Answered by the gateway itself. */
export interface LocalRoute extends RouteFacts {
  readonly kind: 'local';
  readonly local: 'root' | 'hello' | 'health' | 'ready';
}

/** What the operator asks the gateway itself; see exchange/operator/operator.ts. */
export interface OperatorRoute extends RouteFacts {
  readonly kind: 'operator';
  readonly operator: 'keys' | 'explain' | KeyAction;
}

/** Answered by the admin API, which judges the caller itself; see admin/. */
export interface AdminRoute extends RouteFacts {
  readonly kind: 'admin';
}

/** The page of metrics. */
export interface MetricsRoute extends RouteFacts {
  readonly kind: 'metrics';
}

/** One row of the table. */
export type Route =
  | ExchangeRoute
  | ResourceRoute
  | ModelsRoute
  | LocalRoute
  | OperatorRoute
  | AdminRoute
  | MetricsRoute;

const GET = ['GET', 'HEAD'];
const POST = ['POST'];
const ANY = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Version segments of the Gemini API; `v1` comes last because the other families use it too. */
const GEMINI_VERSIONS = ['v1beta', 'v1alpha', 'v1'];

function exchange(name: string, dialect: DialectId, use: Use, path: string): ExchangeRoute {
  return { kind: 'exchange', name, methods: POST, paths: [path], access: 'client', dialect, use };
}

function resource(
  name: string,
  family: Family,
  methods: readonly string[],
  paths: readonly string[],
): ResourceRoute {
  return { kind: 'resource', name, methods, paths, access: 'client', family };
}

function realtime(name: string, family: Family, paths: readonly string[]): ResourceRoute {
  return { kind: 'resource', name, methods: ANY, paths, access: 'client', family, webSocket: true };
}

function models(name: string, family: Family, paths: readonly string[]): ModelsRoute {
  return { kind: 'models', name, methods: GET, paths, access: 'client', family };
}

function local(name: LocalRoute['local'], ...paths: readonly string[]): LocalRoute {
  return { kind: 'local', name, methods: GET, paths, access: 'anyone', local: name };
}

function operator(what: OperatorRoute['operator'], methods: readonly string[], path: string): OperatorRoute {
  return {
    kind: 'operator',
    name: `operator.${what}`,
    methods,
    paths: [path],
    access: 'operator',
    operator: what,
  };
}

function admin(name: string, methods: readonly string[], path: string, access: Access = 'admin'): AdminRoute {
  return { kind: 'admin', name, methods, paths: [path], access };
}

function geminiPaths(suffix: string): string[] {
  return GEMINI_VERSIONS.map((version) => `/${version}/${suffix}`);
}

/** `models/{model}:verb` and, for tuned models, `tunedModels/{model}:verb`; on every version of the API. */
function geminiVerb(verb: string, name: string, use: Use, stream?: true): ExchangeRoute {
  const paths = [...geminiPaths(`models/{model}:${verb}`), ...geminiPaths(`tunedModels/{model}:${verb}`)];
  const facts: ExchangeRoute = {
    kind: 'exchange',
    name,
    methods: POST,
    paths,
    access: 'client',
    dialect: 'gemini',
    use,
  };
  return stream === undefined ? facts : { ...facts, stream };
}

/** OpenAI resources: https://platform.openai.com/docs/api-reference */
const OPENAI_FAMILIES = [
  'files',
  'uploads',
  'batches',
  'vector_stores',
  'assistants',
  'threads',
  'conversations',
  'containers',
  'evals',
  'fine_tuning',
  'images',
  'audio',
  'videos',
  'skills',
  'chatkit',
];

/** Anthropic resources: https://docs.claude.com/en/api */
const ANTHROPIC_FAMILIES = ['messages/batches', 'files', 'skills'];

/** Gemini resources: https://ai.google.dev/api */
const GEMINI_FAMILIES = [
  'files',
  'cachedContents',
  'tunedModels',
  'operations',
  'batches',
  'corpora',
  'fileSearchStores',
  'generatedFiles',
];

/** Methods of the Live API and of Lyria RealTime, all of them WebSockets: https://ai.google.dev/api/live */
const GEMINI_LIVE = ['BidiGenerateContent', 'BidiGenerateMusic'].flatMap((method) =>
  ['v1beta', 'v1alpha'].map(
    (version) => `/ws/google.ai.generativelanguage.${version}.GenerativeService.${method}`,
  ),
);

/** Last segment of a path pattern, for a route name: "messages/batches" → "messages.batches". */
const dotted = (family: string): string => family.replaceAll('/', '.');

/** The table. Where several rows share a path, the caller's family decides; the first row wins where it is not known. */
export const ROUTES: readonly Route[] = [
  exchange('chat.completions', 'openai-chat', 'generate', '/v1/chat/completions'),
  { ...exchange('chat', 'openai-chat', 'generate', '/v1/chat'), unified: true },
  { ...exchange('responses', 'openai-responses', 'generate', '/v1/responses'), webSocket: true },
  exchange('responses.input_tokens', 'openai-responses', 'count-tokens', '/v1/responses/input_tokens'),
  exchange('messages', 'anthropic-messages', 'generate', '/v1/messages'),
  exchange('messages.count_tokens', 'anthropic-messages', 'count-tokens', '/v1/messages/count_tokens'),
  geminiVerb('generateContent', 'gemini.generateContent', 'generate'),
  geminiVerb('streamGenerateContent', 'gemini.streamGenerateContent', 'generate', true),
  geminiVerb('countTokens', 'gemini.countTokens', 'count-tokens'),
  geminiVerb('embedContent', 'gemini.embedContent', 'embed'),
  geminiVerb('batchEmbedContents', 'gemini.batchEmbedContents', 'embed'),
  exchange('embeddings', 'openai-chat', 'embed', '/v1/embeddings'),
  exchange('completions', 'openai-chat', 'complete', '/v1/completions'),
  exchange('moderations', 'openai-chat', 'moderate', '/v1/moderations'),

  models('models.list', 'openai', ['/v1/models']),
  models('models.list', 'anthropic', ['/v1/models']),
  models('models.list', 'gemini', geminiPaths('models')),
  models('models.one', 'openai', ['/v1/models/{model}']),
  models('models.one', 'anthropic', ['/v1/models/{model}']),
  models('models.one', 'gemini', geminiPaths('models/{model}')),

  resource('chat.completions.list', 'openai', GET, ['/v1/chat/completions']),
  resource(
    'chat.completions.stored',
    'openai',
    ['GET', 'HEAD', 'POST', 'DELETE'],
    ['/v1/chat/completions/{id}'],
  ),
  resource('chat.completions.stored.messages', 'openai', GET, ['/v1/chat/completions/{id}/messages']),
  resource('responses.compact', 'openai', POST, ['/v1/responses/compact']),
  resource('responses.one', 'openai', ['GET', 'HEAD', 'DELETE'], ['/v1/responses/{id}']),
  resource('responses.cancel', 'openai', POST, ['/v1/responses/{id}/cancel']),
  resource('responses.input_items', 'openai', GET, ['/v1/responses/{id}/input_items']),
  resource('models.delete', 'openai', ['DELETE'], ['/v1/models/{model}']),
  ...OPENAI_FAMILIES.map((family) => resource(dotted(family), 'openai', ANY, [`/v1/${family}/**`])),

  realtime('realtime', 'openai', ['/v1/realtime/**']),

  resource('complete', 'anthropic', POST, ['/v1/complete']),
  ...ANTHROPIC_FAMILIES.map((family) => resource(dotted(family), 'anthropic', ANY, [`/v1/${family}/**`])),

  ...GEMINI_FAMILIES.map((family) => resource(family, 'gemini', ANY, geminiPaths(`${family}/**`))),
  realtime('gemini.live', 'gemini', GEMINI_LIVE),
  resource('gemini.models.other', 'gemini', POST, geminiPaths('models/{model}:*')),
  resource(
    'gemini.upload',
    'gemini',
    ANY,
    GEMINI_VERSIONS.map((version) => `/upload/${version}/**`),
  ),
  resource(
    'gemini.download',
    'gemini',
    GET,
    GEMINI_VERSIONS.map((version) => `/download/${version}/**`),
  ),

  local('root', '/'),
  local('hello', '/api/hello'),
  // The longer ones are LiteLLM's, which the probes of its deployments ask.
  local('health', '/health', '/health/liveliness', '/health/liveness'),
  local('ready', '/ready', '/health/readiness'),
  { kind: 'metrics', name: 'metrics', methods: GET, paths: ['/metrics'], access: 'metrics' },

  operator('explain', POST, '/admin/explain'),
  operator('keys', GET, '/admin/keys'),
  ...(['enable', 'disable', 'reset', 'test'] as const).map((action) =>
    operator(action, POST, `/admin/keys/{id}/{id}/${action}`),
  ),

  admin('admin', ANY, '/admin/v1/**'),
  admin('admin.openapi', GET, '/admin/openapi.json'),
  admin('admin.docs', GET, '/admin/docs'),
  // Paths of other gateways, for programs that watch them.
  admin('compatible.keys', POST, '/admin/keys'),
  admin('compatible.status', GET, '/v1/status', 'client-or-admin'),
  admin('compatible.stats', GET, '/v1/token/stats', 'client-or-admin'),
  admin('compatible.reset', POST, '/v1/token/reset', 'client-or-admin'),
];
