// A provider on loopback that speaks the four formats as real ones do: at a pace, with usage, prompt caches and rate limits,
// and in whichever mood a test wants it.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DialectId } from '../../../server/src/core/model/dialect-id.ts';
import { FORMS } from './answers.ts';
import { type Asked, cachedTokens, readAsked, spentOn } from './asked.ts';

/** limited: 429. failing: 500. slow: the first byte comes late. mute: never answers. by-turns: well, and the first three now and then. */
export type Mood = 'well' | 'limited' | 'failing' | 'slow' | 'mute' | 'by-turns';

const TURNS: readonly Mood[] = ['well', 'well', 'limited', 'well', 'failing', 'well', 'well', 'slow', 'well'];

/** A running provider. What is assigned holds from the next request on. */
export interface StageProvider {
  /** "http://127.0.0.1:port" */
  readonly origin: string;
  mood: Mood;
  /** Moods of the next requests, one each; after that `mood` holds again. */
  upcoming: Mood[];
  /** Between two pieces of a stream. */
  paceMs: number;
  /** How late the first byte of the mood "slow" is. */
  lateMs: number;
  /** What its errors say in place of the usual words, and what its answers say. */
  errorText: string | undefined;
  answerText: string | undefined;
  /** How long a key has to wait that was limited. */
  retryAfterSeconds: number;
  /** Whether it tells of limits that it has. */
  tellsLimits: boolean;
  /** The models that it lists. */
  models: readonly string[];
  /** Requests to models so far. */
  readonly asked: number;
  stop(): Promise<void>;
}

interface State {
  mood: Mood;
  upcoming: Mood[];
  paceMs: number;
  lateMs: number;
  errorText: string | undefined;
  answerText: string | undefined;
  retryAfterSeconds: number;
  tellsLimits: boolean;
  models: readonly string[];
  asked: number;
  /** Tokens of each prompt's beginning that its cache holds. */
  readonly cache: Map<string, number>;
}

/** Starts a provider that lists these models. */
export async function startProvider(models: readonly string[], mood: Mood = 'well'): Promise<StageProvider> {
  const state: State = {
    mood,
    upcoming: [],
    paceMs: 20,
    lateMs: 2_500,
    errorText: undefined,
    answerText: undefined,
    retryAfterSeconds: 12,
    tellsLimits: true,
    models,
    asked: 0,
    cache: new Map(),
  };
  const server = createServer((request, response) => {
    // Who leaves in the middle is no defect of this provider.
    response.on('error', () => undefined);
    void handle(request, response, state).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server has no other kind of address.
  return Object.assign(state, {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  const url = request.url ?? '/';
  if (request.method === 'GET') return sendJson(response, 200, listOf(url, request, state.models));
  const asked = readAsked(url, Buffer.concat(parts).toString('utf8'));
  if (asked === undefined) return sendJson(response, 404, { error: { message: `Nothing at ${url}` } });
  const turn = state.asked++;
  const wanted = state.upcoming.shift() ?? state.mood;
  const mood = wanted === 'by-turns' ? (TURNS[turn % TURNS.length] ?? 'well') : wanted;
  if (mood === 'mute') return;
  if (mood === 'limited' || mood === 'failing') {
    await pause(state.paceMs * (mood === 'limited' ? 5 : 16));
    return refuse(response, asked.dialect, mood, state);
  }
  if (mood === 'slow') await pause(state.lateMs);
  await answer(response, asked, turn, state);
}

/** A list of models, as the vendor of the path writes it. */
function listOf(url: string, request: IncomingMessage, models: readonly string[]): object {
  if (url.startsWith('/v1beta'))
    return {
      models: models.map((id) => ({ name: `models/${id}`, displayName: id, inputTokenLimit: 1_000_000 })),
    };
  if (request.headers['anthropic-version'] !== undefined) {
    const data = models.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2025-09-29T00:00:00Z',
    }));
    return { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null };
  }
  const data = models.map((id) => ({ id, object: 'model', created: 1_750_000_000, owned_by: 'stage' }));
  return { object: 'list', data };
}

function refuse(
  response: ServerResponse,
  dialect: DialectId,
  mood: 'limited' | 'failing',
  { errorText, retryAfterSeconds, tellsLimits }: State,
): void {
  const limited = mood === 'limited';
  const words = limited
    ? 'Rate limit reached for requests per minute. Please try again later.'
    : 'The server had an error while processing your request. Sorry about that!';
  const headers = limited
    ? { 'retry-after': String(retryAfterSeconds), ...(tellsLimits ? limitsOf(dialect, 0) : {}) }
    : {};
  sendJson(
    response,
    limited ? 429 : 500,
    FORMS[dialect].error(limited ? 429 : 500, errorText ?? words),
    headers,
  );
}

/** What a provider tells of its limits beside an answer. */
function limitsOf(dialect: DialectId, remaining: number): Readonly<Record<string, string>> {
  if (dialect === 'gemini') return {};
  const prefix = dialect === 'anthropic-messages' ? 'anthropic-ratelimit' : 'x-ratelimit';
  if (prefix === 'x-ratelimit')
    return {
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-remaining-requests': String(remaining),
      'x-ratelimit-reset-requests': '41s',
      'x-ratelimit-limit-tokens': '800000',
      'x-ratelimit-remaining-tokens': String(remaining * 1_600),
      'x-ratelimit-reset-tokens': '17s',
    };
  const reset = new Date(Date.now() + 38_000).toISOString();
  return {
    [`${prefix}-requests-limit`]: '1000',
    [`${prefix}-requests-remaining`]: String(remaining * 2),
    [`${prefix}-requests-reset`]: reset,
    [`${prefix}-tokens-limit`]: '2000000',
    [`${prefix}-tokens-remaining`]: String(remaining * 4_000),
    [`${prefix}-tokens-reset`]: reset,
  };
}

async function answer(response: ServerResponse, asked: Asked, turn: number, state: State): Promise<void> {
  const { dialect, model } = asked;
  const text = state.answerText ?? asked.text;
  const cached = cachedTokens(asked, state.cache);
  const spent = spentOn(asked, cached, text);
  const id = createHash('sha256').update(`${turn} ${model}`).digest('hex').slice(0, 20);
  const form = FORMS[dialect];
  const limits = state.tellsLimits ? limitsOf(dialect, 499 - (turn % 380)) : {};
  // A model thinks before it speaks.
  await pause(state.paceMs * (4 + (turn % 7)));
  if (!asked.stream) {
    await pause(state.paceMs * Math.min(40, spent.output / 6));
    return sendJson(response, 200, form.whole({ id, model, spent }, text), limits);
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...limits });
  const said = form.stream({ id, model, spent });
  for (const event of said.opening) response.write(event);
  for (const piece of text.match(/\S+\s*/g) ?? []) {
    await pause(state.paceMs);
    if (response.destroyed) return;
    response.write(said.piece(piece));
  }
  for (const event of said.closing(text)) response.write(event);
  response.end();
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
