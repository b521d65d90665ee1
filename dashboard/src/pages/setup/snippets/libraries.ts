// Libraries for programs. Those of OpenAI want "/v1" at the end of the address, those of Anthropic and Google do not.

import { KEY_VARIABLE, QUESTION, quoted, type Snippet, type SnippetFacts } from './facts.ts';

const PYTHON = 'Python';
const TYPESCRIPT = 'TypeScript';

interface Values {
  readonly origin: string;
  readonly openai: string;
  readonly model: string;
  readonly question: string;
  /** The key in Python, and the import that it needs. */
  readonly python: string;
  readonly imports: string;
  readonly typescript: string;
}

function valuesOf({ origin, model, key }: SnippetFacts): Values {
  return {
    origin: quoted(origin),
    openai: quoted(`${origin}/v1`),
    model: quoted(model),
    question: quoted(QUESTION),
    python: key === undefined ? `os.environ[${quoted(KEY_VARIABLE)}]` : quoted(key),
    imports: key === undefined ? 'import os\n\n' : '',
    typescript: key === undefined ? `process.env[${quoted(KEY_VARIABLE)}]` : quoted(key),
  };
}

/** All of them. */
export function librarySnippets(facts: SnippetFacts): readonly Snippet[] {
  const values = valuesOf(facts);
  return [
    one('openai-python', 'OpenAI · Python', PYTHON, openaiPython(values)),
    one('openai-typescript', 'OpenAI · TypeScript', TYPESCRIPT, openaiTypescript(values)),
    one('anthropic-python', 'Anthropic · Python', PYTHON, anthropicPython(values)),
    one('anthropic-typescript', 'Anthropic · TypeScript', TYPESCRIPT, anthropicTypescript(values)),
    one('google-python', 'Google GenAI · Python', PYTHON, googlePython(values)),
    one('google-typescript', 'Google GenAI · TypeScript', TYPESCRIPT, googleTypescript(values)),
    one('langchain-python', 'LangChain · Python', PYTHON, langchainPython(values)),
    one('langchain-typescript', 'LangChain · TypeScript', TYPESCRIPT, langchainTypescript(values)),
  ];
}

function one(id: Snippet['id'], name: string, where: string, text: string): Snippet {
  return { id, name, parts: [{ where, text }] };
}

function openaiPython({ imports, openai, python, model, question }: Values): string {
  return `${imports}from openai import OpenAI

client = OpenAI(base_url=${openai}, api_key=${python})
answer = client.chat.completions.create(
    model=${model},
    messages=[{"role": "user", "content": ${question}}],
)
print(answer.choices[0].message.content)`;
}

function openaiTypescript({ openai, typescript, model, question }: Values): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${openai}, apiKey: ${typescript} });
const answer = await client.chat.completions.create({
  model: ${model},
  messages: [{ role: 'user', content: ${question} }],
});
console.log(answer.choices[0]?.message.content);`;
}

function anthropicPython({ imports, origin, python, model, question }: Values): string {
  return `${imports}from anthropic import Anthropic

client = Anthropic(base_url=${origin}, api_key=${python})
answer = client.messages.create(
    model=${model},
    max_tokens=1024,
    messages=[{"role": "user", "content": ${question}}],
)
print(answer.content)`;
}

function anthropicTypescript({ origin, typescript, model, question }: Values): string {
  return `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: ${origin}, apiKey: ${typescript} });
const answer = await client.messages.create({
  model: ${model},
  max_tokens: 1024,
  messages: [{ role: 'user', content: ${question} }],
});
console.log(answer.content);`;
}

function googlePython({ imports, origin, python, model, question }: Values): string {
  return `${imports}from google import genai
from google.genai import types

client = genai.Client(
    api_key=${python},
    http_options=types.HttpOptions(base_url=${origin}),
)
answer = client.models.generate_content(model=${model}, contents=${question})
print(answer.text)`;
}

function googleTypescript({ origin, typescript, model, question }: Values): string {
  return `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({ apiKey: ${typescript}, httpOptions: { baseUrl: ${origin} } });
const answer = await client.models.generateContent({ model: ${model}, contents: ${question} });
console.log(answer.text);`;
}

function langchainPython({ imports, openai, python, model, question }: Values): string {
  return `${imports}from langchain_openai import ChatOpenAI

chat = ChatOpenAI(model=${model}, base_url=${openai}, api_key=${python})
print(chat.invoke(${question}).content)`;
}

function langchainTypescript({ openai, typescript, model, question }: Values): string {
  return `import { ChatOpenAI } from '@langchain/openai';

const chat = new ChatOpenAI({
  model: ${model},
  apiKey: ${typescript},
  configuration: { baseURL: ${openai} },
});
console.log((await chat.invoke(${question})).content);`;
}
