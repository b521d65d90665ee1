// Sends the first request from the page: to the gateway's real endpoint, streamed, with a key that lives for an hour.

import type { PlaygroundKey } from '../../../../server/src/admin/contract.ts';
import { ApiError, ask } from '../../api/http.ts';

/** What is asked. */
export interface FirstRequest {
  readonly model: string;
  readonly prompt: string;
}

/** Takes the text of an answer out of its events, however they are cut into pieces. */
export function makeTextReader(): (piece: string) => string {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    return lines.map(textOf).join('');
  };
}

function textOf(line: string): string {
  if (!line.startsWith('data:')) return '';
  const data = line.slice('data:'.length).trim();
  if (data === '' || data === '[DONE]') return '';
  const event = JSON.parse(data) as {
    readonly choices?: readonly { readonly delta?: { readonly content?: unknown } }[];
    readonly error?: { readonly message?: unknown };
  };
  if (event.error !== undefined)
    throw new ApiError(200, { code: 'upstream_error', message: String(event.error.message ?? data) });
  const content = event.choices?.[0]?.delta?.content;
  return typeof content === 'string' ? content : '';
}

let known: PlaygroundKey | undefined;
const LEFT_MS = 60_000;

async function playgroundKey(): Promise<string> {
  if (known === undefined || known.expiresAt - Date.now() < LEFT_MS)
    known = await ask<PlaygroundKey>('/playground/key', { method: 'POST' });
  return known.key;
}

async function post({ model, prompt }: FirstRequest, signal: AbortSignal): Promise<Response> {
  const key = await playgroundKey();
  try {
    return await fetch('/v1/chat/completions', {
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: prompt }] }),
      signal,
    });
  } catch (problem) {
    if (signal.aborted) throw problem;
    throw new ApiError(0, { code: 'unreachable', message: 'The gateway does not answer.' });
  }
}

/** Sends it; `onText` gets the answer as it comes. Throws ApiError with the gateway's own words. */
export async function sendFirst(
  request: FirstRequest,
  onText: (more: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let response = await post(request, signal);
  if (response.status === 401 && known !== undefined) {
    // The gateway was started anew, and has forgotten the key.
    known = undefined;
    response = await post(request, signal);
  }
  if (!response.ok || response.body === null) throw await refusalOf(response);
  const read = makeTextReader();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = read(decoder.decode(value, { stream: true }));
    if (text !== '') onText(text);
  }
}

/** The error in the format of the request. */
async function refusalOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => undefined)) as
    | { readonly error?: { readonly message?: unknown; readonly code?: unknown } }
    | undefined;
  const message = body?.error?.message;
  return new ApiError(response.status, {
    code: String(body?.error?.code ?? 'unexpected'),
    message: typeof message === 'string' ? message : `The gateway answered with status ${response.status}.`,
  });
}
