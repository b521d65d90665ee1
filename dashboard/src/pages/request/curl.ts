// A request as a command for curl, to be pasted into a shell: as it was captured, or a skeleton to be filled in. Whatever
// the request says stays text there; only the key is a variable.

import type { CaptureRecord, ExchangeView } from '../../../../server/src/admin/contract.ts';

/** The variable that holds the client key. */
const KEY = '$SLUICE_KEY';

/** Headers that curl sets by itself, that belong to a connection, or that carry the credential. */
const LEFT_OUT =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|accept-encoding|authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie)$/i;

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

const MASK = '[redacted]';

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In which header a format's clients send their key. */
function keyHeader(dialect: string | undefined): string {
  if (dialect === 'anthropic-messages') return `x-api-key: ${KEY}`;
  return dialect === 'gemini' ? `x-goog-api-key: ${KEY}` : `authorization: Bearer ${KEY}`;
}

/** The command for a captured request, sent to the gateway at this origin. */
export function curlOfCapture(
  { request, dialectIn }: Pick<CaptureRecord, 'request' | 'dialectIn'>,
  origin: string,
): string {
  const { method, path, query, headers, body } = request;
  const words = [
    `curl -sS -N -g -X ${quoted(method)} ${quoted(`${origin}${path}${withoutKey(query)}`)}`,
    `-H "${keyHeader(dialectIn)}"`,
  ];
  for (const [name, value] of headers) {
    if (LEFT_OUT.test(name) || !HEADER_NAME.test(name) || value.includes(MASK)) continue;
    const text = value.replace(/[\r\n\0]+/g, ' ').trim();
    words.push(`-H ${quoted(text === '' ? `${name};` : `${name}: ${text}`)}`);
  }
  if (body === undefined) return joined(words);
  const notes = body.cut ? [`# Only the beginning of the body was kept: it had ${body.bytes} bytes.`] : [];
  if (body.encoding === 'utf8' && !body.text.includes('\0'))
    return [...notes, joined([...words, `--data-raw ${quoted(body.text)}`])].join('\n');
  // No shell can hold these bytes in a word.
  const base64 = body.encoding === 'base64' ? body.text : base64Of(body.text);
  const piped = joined([...words, '--data-binary @-']);
  return [...notes, `printf %s ${quoted(base64)} | base64 -d | ${piped}`].join('\n');
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** A query whose credential was replaced is sent without it. */
function withoutKey(query: string): string {
  const kept = query
    .replace(/^\?/, '')
    .split('&')
    .filter((pair) => pair !== '' && !/^(?:key|api_key|access_token)=/i.test(pair) && !pair.includes(MASK));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

function joined(words: readonly string[]): string {
  return words.join(' \\\n  ');
}

/** The command for a request of which only the ledger's row is known. */
export function curlSkeleton(view: ExchangeView, origin: string): string {
  const { dialectIn, modelAsked = 'MODEL', streamed = false } = view;
  const { path, body } = skeletonOf(dialectIn, modelAsked, streamed);
  return joined([
    `curl -sS -N -g ${quoted(`${origin}${path}`)}`,
    `-H "${keyHeader(dialectIn)}"`,
    ...(dialectIn === 'anthropic-messages' ? [`-H ${quoted('anthropic-version: 2023-06-01')}`] : []),
    `-H ${quoted('content-type: application/json')}`,
    `--data-raw ${quoted(JSON.stringify(body))}`,
  ]);
}

const PROMPT = 'Hello';

function skeletonOf(
  dialect: string | undefined,
  model: string,
  stream: boolean,
): { readonly path: string; readonly body: object } {
  const messages = [{ role: 'user', content: PROMPT }];
  switch (dialect) {
    case 'anthropic-messages':
      return { path: '/v1/messages', body: { model, stream, max_tokens: 1_024, messages } };
    case 'openai-responses':
      return { path: '/v1/responses', body: { model, stream, input: PROMPT } };
    case 'gemini': {
      const action = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
      const path = `/v1beta/models/${encodeURIComponent(model)}:${action}`;
      return { path, body: { contents: [{ role: 'user', parts: [{ text: PROMPT }] }] } };
    }
    default:
      return { path: '/v1/chat/completions', body: { model, stream, messages } };
  }
}
