// Which of LiteLLM's providers are which presets here, and how the model names of its deployments are read
// (https://docs.litellm.ai/docs/providers).

import type { Environment } from '../../config/environment.ts';
import { findProvider } from '../../core/providers/index.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { FromVariable } from '../plan.ts';

/** LiteLLM's prefix → preset. */
const PRESETS: Readonly<Record<string, string>> = {
  openai: 'openai',
  text_completion_openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
  mistral: 'mistral',
  openrouter: 'openrouter',
  deepseek: 'deepseek',
  groq: 'groq',
  xai: 'xai',
  together_ai: 'together',
  fireworks_ai: 'fireworks',
  moonshot: 'moonshot',
  zai: 'zai',
  azure: 'azure-openai',
  cerebras: 'cerebras',
  perplexity: 'perplexity',
  cohere: 'cohere',
  cohere_chat: 'cohere',
  nvidia_nim: 'nvidia',
  ollama: 'ollama',
  ollama_chat: 'ollama',
  lm_studio: 'lmstudio',
  vllm: 'vllm',
  hosted_vllm: 'vllm',
  llamafile: 'llamacpp',
};

/** Prefixes of servers that speak the format of OpenAI at an address of their own. */
const COMPATIBLE: readonly string[] = [
  ...['custom_openai', 'openai_like', 'litellm_proxy', 'xinference', 'infinity', 'deepinfra', 'novita'],
  ...['nebius', 'hyperbolic', 'sambanova', 'dashscope', 'volcengine', 'github', 'ai21_chat', 'databricks'],
];

/** Prefixes of services whose ways of signing or formats are not known here. */
const UNKNOWN: readonly string[] = [
  ...['bedrock', 'bedrock_converse', 'sagemaker', 'sagemaker_chat', 'vertex_ai', 'vertex_ai_beta', 'watsonx'],
  ...[
    'huggingface',
    'replicate',
    'oci',
    'azure_ai',
    'azure_text',
    'predibase',
    'petals',
    'nlp_cloud',
    'snowflake',
  ],
  ...['github_copilot', 'voyage', 'jina_ai', 'palm', 'aleph_alpha', 'clarifai', 'baseten', 'triton'],
];

/** What a deployment's `model` says. */
export type ModelName =
  | { readonly kind: 'known'; readonly provider: Provider; readonly model: string; readonly prefix: string }
  /** Needs an address of its own. */
  | { readonly kind: 'compatible'; readonly model: string; readonly prefix: string }
  | { readonly kind: 'unknown'; readonly prefix: string };

/** Reads "provider/model", or a bare model name of a vendor that is known by it. */
export function readModelName(text: string, customProvider: string | undefined): ModelName {
  const slash = text.indexOf('/');
  const prefix = customProvider ?? (slash > 0 ? text.slice(0, slash) : '');
  const inText = slash > 0 && text.slice(0, slash) === prefix;
  const rest = inText ? text.slice(slash + 1) : text;
  if (UNKNOWN.includes(prefix)) return { kind: 'unknown', prefix };
  if (COMPATIBLE.includes(prefix)) return { kind: 'compatible', model: rest, prefix };
  const preset = Object.hasOwn(PRESETS, prefix) ? findProvider(PRESETS[prefix] ?? '') : undefined;
  // "openai/responses/gpt-5.5" and the like choose an endpoint, which is a matter of the client here.
  if (preset !== undefined)
    return { kind: 'known', provider: preset, model: rest.replace(/^responses\//, ''), prefix };
  const owner = ownerOf(text);
  if (owner !== undefined) return { kind: 'known', provider: owner, model: text, prefix: owner.id };
  return { kind: 'compatible', model: text, prefix };
}

/** The vendor of a model without a prefix. */
function ownerOf(model: string): Provider | undefined {
  if (/^(?:gpt-|chatgpt|o[1-9]|text-embedding-|dall-e|whisper|tts-|omni-moderation)/.test(model))
    return findProvider('openai');
  if (model.startsWith('claude')) return findProvider('anthropic');
  if (model.startsWith('gemini')) return findProvider('gemini');
  if (/^(?:mistral|codestral|ministral|magistral)-/.test(model)) return findProvider('mistral');
  return model.startsWith('command') ? findProvider('cohere') : undefined;
}

/** A reference to a variable: "os.environ/NAME". */
export function variableOf(text: string): string | undefined {
  return /^os\.environ\/([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
}

/** A text, or the variable that it refers to; `known` has what was imported along with the file. */
export function readText(text: string, known: Environment): string | FromVariable {
  const variable = variableOf(text);
  return variable === undefined ? text : (known[variable]?.trim() ?? new FromVariable(variable));
}
