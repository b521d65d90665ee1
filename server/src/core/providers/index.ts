// All providers by id. The order is the one in which documentation and zero-config list them.

import { anthropic } from './anthropic.ts';
import { azureOpenai } from './azure-openai.ts';
import { cerebras } from './cerebras.ts';
import { codex } from './codex.ts';
import { cohere } from './cohere.ts';
import { anthropicCompatible, geminiCompatible, openaiCompatible } from './compatible.ts';
import { deepseek } from './deepseek.ts';
import { fireworks } from './fireworks.ts';
import { gemini } from './gemini.ts';
import { groq } from './groq.ts';
import { kiro } from './kiro.ts';
import { llamacpp } from './llamacpp.ts';
import { lmstudio } from './lmstudio.ts';
import { mistral } from './mistral.ts';
import { moonshot } from './moonshot.ts';
import { nvidia } from './nvidia.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import { perplexity } from './perplexity.ts';
import type { Provider } from './provider.ts';
import { together } from './together.ts';
import { vllm } from './vllm.ts';
import { xai } from './xai.ts';
import { zai } from './zai.ts';

const ALL: readonly Provider[] = [
  openai,
  anthropic,
  gemini,
  mistral,
  openrouter,
  deepseek,
  groq,
  xai,
  together,
  fireworks,
  moonshot,
  zai,
  azureOpenai,
  cerebras,
  perplexity,
  cohere,
  nvidia,
  codex,
  kiro,
  ollama,
  lmstudio,
  vllm,
  llamacpp,
  openaiCompatible,
  anthropicCompatible,
  geminiCompatible,
];

/** Every provider, by id. */
export const providers: ReadonlyMap<string, Provider> = new Map(
  ALL.map((provider) => [provider.id, provider]),
);

/** The provider with this id, or undefined. */
export function findProvider(id: string): Provider | undefined {
  return providers.get(id);
}
