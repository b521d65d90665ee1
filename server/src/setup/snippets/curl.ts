// A request by hand in each of the four formats, with the header in which that format's libraries send the key.

import { keyWord, QUESTION, type Snippet, type SnippetFacts, word } from './snippet.ts';

const messages = [{ role: 'user', content: QUESTION }];

/** All four. */
export const curlSnippets: readonly Snippet[] = [
  request('curl-chat', 'curl, OpenAI Chat Completions', (facts) => ({
    path: '/v1/chat/completions',
    headers: [keyWord(facts, 'authorization: Bearer ')],
    body: { model: facts.model, messages },
  })),
  request('curl-responses', 'curl, OpenAI Responses', (facts) => ({
    path: '/v1/responses',
    headers: [keyWord(facts, 'authorization: Bearer ')],
    body: { model: facts.model, input: QUESTION },
  })),
  request('curl-messages', 'curl, Anthropic Messages', (facts) => ({
    path: '/v1/messages',
    headers: [keyWord(facts, 'x-api-key: '), word('anthropic-version: 2023-06-01')],
    body: { model: facts.model, max_tokens: 1024, messages },
  })),
  request('curl-gemini', 'curl, Google Gemini', (facts) => ({
    path: `/v1beta/models/${encodeURIComponent(facts.model)}:generateContent`,
    headers: [keyWord(facts, 'x-goog-api-key: ')],
    body: { contents: [{ role: 'user', parts: [{ text: QUESTION }] }] },
  })),
];

interface Request {
  readonly path: string;
  /** Each as one word of a shell. */
  readonly headers: readonly string[];
  readonly body: object;
}

function request(id: string, title: string, write: (facts: SnippetFacts) => Request): Snippet {
  return {
    id,
    title,
    parts: (facts) => {
      const { path, headers, body } = write(facts);
      const lines = [
        `curl ${word(facts.url + path)}`,
        ...headers.map((header) => `-H ${header}`),
        `-H ${word('content-type: application/json')}`,
        `-d ${word(JSON.stringify(body))}`,
      ];
      return [{ where: 'shell', text: lines.join(' \\\n  ') }];
    },
  };
}
