// A request by hand, in each of the four formats, with the header in which that format's libraries send the key.

import { QUESTION, type Snippet, type SnippetFacts, shellHeader, shellWord } from './facts.ts';

const JSON_TYPE = "-H 'content-type: application/json'";

/** All four. */
export function curlSnippets({ origin, model, key }: SnippetFacts): readonly Snippet[] {
  const messages = [{ role: 'user', content: QUESTION }];
  const bearer = shellHeader('authorization', 'Bearer ', key);
  return [
    request('curl-chat', 'OpenAI Chat Completions', `${origin}/v1/chat/completions`, [bearer], {
      model,
      messages,
    }),
    request('curl-responses', 'OpenAI Responses', `${origin}/v1/responses`, [bearer], {
      model,
      input: QUESTION,
    }),
    request(
      'curl-messages',
      'Anthropic Messages',
      `${origin}/v1/messages`,
      [shellHeader('x-api-key', '', key), "'anthropic-version: 2023-06-01'"],
      { model, max_tokens: 1024, messages },
    ),
    request(
      'curl-gemini',
      'Google Gemini',
      `${origin}/v1beta/models/${encodeURIComponent(model)}:generateContent`,
      [shellHeader('x-goog-api-key', '', key)],
      { contents: [{ role: 'user', parts: [{ text: QUESTION }] }] },
    ),
  ];
}

function request(
  id: Snippet['id'],
  name: string,
  url: string,
  headers: readonly string[],
  body: unknown,
): Snippet {
  const lines = [
    `curl ${shellWord(url)}`,
    ...headers.map((header) => `-H ${header}`),
    JSON_TYPE,
    `-d ${shellWord(JSON.stringify(body))}`,
  ];
  return { id, name, parts: [{ where: 'shell', text: lines.join(' \\\n  ') }] };
}
