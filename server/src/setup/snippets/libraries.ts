// Libraries for programs. OpenAI's want "/v1" at the end of the address; Anthropic's and Google's add a version themselves.

import { KEY_VARIABLE, QUESTION, quoted, type Snippet, type SnippetFacts } from './snippet.ts';

interface Words {
  readonly base: string;
  readonly v1: string;
  readonly model: string;
  readonly ask: string;
  readonly key: string;
}

/** All of them. */
export const librarySnippets: readonly Snippet[] = [
  python('openai-python', 'OpenAI', ({ v1, key, model, ask }) => [
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${v1}, api_key=${key})`,
    'reply = client.chat.completions.create(',
    `    model=${model}, messages=[{"role": "user", "content": ${ask}}]`,
    ')',
    'print(reply.choices[0].message.content)',
  ]),
  typescript('openai-typescript', 'OpenAI', ({ v1, key, model, ask }) => [
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: ${v1}, apiKey: ${key} });`,
    'const reply = await client.chat.completions.create({',
    `  model: ${model},`,
    `  messages: [{ role: 'user', content: ${ask} }],`,
    '});',
    'console.log(reply.choices[0]?.message.content);',
  ]),
  python('anthropic-python', 'Anthropic', ({ base, key, model, ask }) => [
    'from anthropic import Anthropic',
    '',
    `client = Anthropic(base_url=${base}, api_key=${key})`,
    'reply = client.messages.create(',
    `    model=${model}, max_tokens=1024, messages=[{"role": "user", "content": ${ask}}]`,
    ')',
    'print(reply.content)',
  ]),
  typescript('anthropic-typescript', 'Anthropic', ({ base, key, model, ask }) => [
    "import Anthropic from '@anthropic-ai/sdk';",
    '',
    `const client = new Anthropic({ baseURL: ${base}, apiKey: ${key} });`,
    'const reply = await client.messages.create({',
    `  model: ${model},`,
    '  max_tokens: 1024,',
    `  messages: [{ role: 'user', content: ${ask} }],`,
    '});',
    'console.log(reply.content);',
  ]),
  python('google-python', 'Google GenAI', ({ base, key, model, ask }) => [
    'from google import genai',
    '',
    `client = genai.Client(api_key=${key}, http_options={"base_url": ${base}})`,
    `print(client.models.generate_content(model=${model}, contents=${ask}).text)`,
  ]),
  typescript('google-typescript', 'Google GenAI', ({ base, key, model, ask }) => [
    "import { GoogleGenAI } from '@google/genai';",
    '',
    `const client = new GoogleGenAI({ apiKey: ${key}, httpOptions: { baseUrl: ${base} } });`,
    `const reply = await client.models.generateContent({ model: ${model}, contents: ${ask} });`,
    'console.log(reply.text);',
  ]),
  python('langchain-python', 'LangChain', ({ v1, key, model, ask }) => [
    'from langchain_openai import ChatOpenAI',
    '',
    `chat = ChatOpenAI(base_url=${v1}, api_key=${key}, model=${model})`,
    `print(chat.invoke(${ask}).content)`,
  ]),
  typescript('langchain-typescript', 'LangChain', ({ v1, key, model, ask }) => [
    "import { ChatOpenAI } from '@langchain/openai';",
    '',
    `const chat = new ChatOpenAI({ model: ${model}, apiKey: ${key}, configuration: { baseURL: ${v1} } });`,
    `console.log((await chat.invoke(${ask})).content);`,
  ]),
];

function wordsOf({ url, model }: SnippetFacts, key: string): Words {
  return { base: quoted(url), v1: quoted(`${url}/v1`), model: quoted(model), ask: quoted(QUESTION), key };
}

function python(id: string, title: string, write: (words: Words) => readonly string[]): Snippet {
  return {
    id,
    title,
    parts: (facts) => {
      const key = facts.key === undefined ? `os.environ[${quoted(KEY_VARIABLE)}]` : quoted(facts.key);
      const imports = facts.key === undefined ? ['import os', ''] : [];
      return [{ where: 'Python', text: [...imports, ...write(wordsOf(facts, key))].join('\n') }];
    },
  };
}

function typescript(id: string, title: string, write: (words: Words) => readonly string[]): Snippet {
  return {
    id,
    title,
    parts: (facts) => {
      const key = facts.key === undefined ? `process.env[${quoted(KEY_VARIABLE)}]` : quoted(facts.key);
      return [{ where: 'TypeScript', text: write(wordsOf(facts, key)).join('\n') }];
    },
  };
}
