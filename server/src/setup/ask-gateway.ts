// Asks a gateway what a tool will ask of it: whether it lives, which models it has, and one smallest request in the
// tool's own format.

import { codeOf } from '../config/system-code.ts';
import { toldContext, toldOutput } from '../core/catalogue/told-limits.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import { isObject, type JsonObject, listOf, objectOf, parseJson, textOf } from '../core/model/json.ts';
import { traitsFor } from '../core/providers/traits/index.ts';
import type { KnownModel } from './facts.ts';

const LIST_MS = 8_000;
const REQUEST_MS = 60_000;
/** The fewest output tokens that every provider of the Responses format takes. */
const FEWEST_RESPONSES_TOKENS = 16;
const QUESTION = 'Say hello.';

/** Why a gateway did not do what it was asked. `token`: it wants another key. */
export interface GatewayRefusal {
  readonly ok: false;
  readonly why: 'unreachable' | 'token' | 'other';
  readonly message: string;
}

/** The models of a gateway, without limits that nobody told. */
export type ModelsAnswer = { readonly ok: true; readonly models: readonly KnownModel[] } | GatewayRefusal;

/** What was asked, and how it went. */
export interface Probed {
  /** For people: "one token of gpt-5 by POST /v1/responses". */
  readonly asked: string;
  readonly refusal: GatewayRefusal | undefined;
}

/** The headers with which a format's tools send their key. */
function credential(dialect: DialectId, token: string): Record<string, string> {
  if (dialect === 'gemini') return { 'x-goog-api-key': token };
  const bearer = { authorization: `Bearer ${token}` };
  return dialect === 'anthropic-messages' ? { ...bearer, 'anthropic-version': '2023-06-01' } : bearer;
}

/** Asks for the models in all three shapes, since each vendor tells the limits of its own in its own. */
export async function askModels(url: string, token: string): Promise<ModelsAnswer> {
  const lists = await Promise.all([
    send(`${url}/v1/models`, credential('openai-chat', token), undefined, LIST_MS),
    send(`${url}/v1/models`, credential('anthropic-messages', token), undefined, LIST_MS),
    send(`${url}/v1beta/models`, credential('gemini', token), undefined, LIST_MS),
  ]);
  const [first] = lists;
  if (!first.ok) return first;
  const found = new Map<string, KnownModel>();
  for (const answer of lists) {
    if (!answer.ok) continue;
    for (const entry of listOf(answer.body['data'] ?? answer.body['models'])) {
      if (!isObject(entry)) continue;
      const id = textOf(entry['id']) ?? textOf(entry['name'])?.replace(/^models\//, '');
      if (id === undefined) continue;
      const known = found.get(id);
      found.set(id, {
        id,
        contextTokens: known?.contextTokens || toldContext(entry),
        outputTokens: known?.outputTokens || toldOutput(entry),
      });
    }
  }
  return { ok: true, models: [...found.values()] };
}

/** The most output tokens of a model by what is known of it; 0 where nothing is. */
export function knownOutputTokens(model: string): number {
  const name = model.toLowerCase().replace(/^.*\//, '');
  if (name.startsWith('claude')) return traitsFor('anthropic', 'anthropic-messages', name).maxOutputTokens;
  if (name.startsWith('gemini')) return traitsFor('gemini', 'gemini', name).maxOutputTokens;
  if (!/^(?:gpt-|chatgpt-|o\d)/.test(name)) return 0;
  const { maxOutputTokens } = traitsFor('openai', 'openai-responses', name);
  return maxOutputTokens < 1_000_000 ? maxOutputTokens : 0;
}

/** True when a gateway, and nothing else, lives there. */
export async function isAlive(url: string): Promise<boolean> {
  const health = await send(`${url}/health`, {}, undefined, LIST_MS);
  return health.ok && health.body['status'] === 'ok';
}

/** The smallest request of a format; without a model the list of models, which costs nothing. */
export async function probe(
  url: string,
  token: string,
  dialect: DialectId,
  model: string | undefined,
): Promise<Probed> {
  if (model === undefined) {
    const path = dialect === 'gemini' ? '/v1beta/models' : '/v1/models';
    const answer = await send(`${url}${path}`, credential(dialect, token), undefined, LIST_MS);
    return {
      asked: `the list of models by GET ${path}, which costs nothing`,
      refusal: answer.ok ? undefined : answer,
    };
  }
  const { path, body, tokens } = smallest(dialect, model);
  const answer = await send(`${url}${path}`, credential(dialect, token), body, REQUEST_MS);
  const most = tokens === 1 ? 'one token' : `at most ${tokens} tokens`;
  return { asked: `${most} of ${model} by POST ${path}`, refusal: answer.ok ? undefined : answer };
}

function smallest(
  dialect: DialectId,
  model: string,
): { readonly path: string; readonly body: object; readonly tokens: number } {
  const messages = [{ role: 'user', content: QUESTION }];
  switch (dialect) {
    case 'anthropic-messages':
      return { path: '/v1/messages', body: { model, max_tokens: 1, messages }, tokens: 1 };
    case 'openai-responses': {
      const most = { max_output_tokens: FEWEST_RESPONSES_TOKENS };
      return { path: '/v1/responses', body: { model, input: messages, store: false, ...most }, tokens: 16 };
    }
    case 'openai-chat': {
      // Models of OpenAI that reason refuse the one, and everybody else's know no other.
      const reasons = /^(?:gpt-[5-9]|o\d|codex-)/i.test(model.replace(/^.*\//, ''));
      const member = reasons ? 'max_completion_tokens' : 'max_tokens';
      return { path: '/v1/chat/completions', body: { model, messages, [member]: 1 }, tokens: 1 };
    }
    case 'gemini': {
      const contents = [{ role: 'user', parts: [{ text: QUESTION }] }];
      const path = `/v1beta/models/${encodeURIComponent(model)}:generateContent`;
      return { path, body: { contents, generationConfig: { maxOutputTokens: 1 } }, tokens: 1 };
    }
  }
}

type Answer = { readonly ok: true; readonly body: JsonObject } | GatewayRefusal;

/** One request. Never rejects; a redirect is none of ours to follow, since the key would go with it. */
async function send(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: object | undefined,
  limitMs: number,
): Promise<Answer> {
  const { origin } = new URL(address);
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(limitMs),
    });
    text = await response.text();
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    const cause = error instanceof Error ? codeOf(error.cause) : undefined;
    const code = cause === undefined || cause === 'an unknown error' ? '' : ` (${cause})`;
    const why = late ? `did not answer within ${limitMs / 1000} seconds` : `cannot be reached${code}`;
    return { ok: false, why: 'unreachable', message: `${origin} ${why}.` };
  }
  const parsed = parseJson(text);
  if (response.ok && isObject(parsed)) return { ok: true, body: parsed };
  const error = isObject(parsed) ? objectOf(parsed['error']) : undefined;
  const said = textOf(error?.['message']);
  const message = `${origin} answered ${response.status}${said === undefined ? ', and not as a gateway does' : `: ${said}`}`;
  return {
    ok: false,
    why: [401, 403].includes(response.status) ? 'token' : 'other',
    message: message.replace(/\.?$/, '.'),
  };
}
