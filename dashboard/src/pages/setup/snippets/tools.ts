// Coding tools: which variables and files point them at the gateway. Whether the address ends in "/v1" differs from tool to
// tool, and those that are wrong about it ask for paths that are not there.

import {
  KEY_PLACEHOLDER,
  KEY_VARIABLE,
  pretty,
  quoted,
  type Snippet,
  type SnippetFacts,
  shellKey,
  shellWord,
} from './facts.ts';

const SHELL = 'shell';

/** All of them. */
export function toolSnippets(facts: SnippetFacts): readonly Snippet[] {
  return [
    claudeCode(facts),
    codex(facts),
    opencode(facts),
    geminiCli(facts),
    fields('cursor', 'Cursor', 'Settings → Models → API Keys', facts, [
      'OpenAI API Key',
      'Override OpenAI Base URL',
      'Custom model',
    ]),
    fields('cline', 'Cline', 'Settings → API Provider: OpenAI Compatible', facts, [
      'OpenAI Compatible API Key',
      'Base URL',
      'Model ID',
    ]),
    continueDev(facts),
    aider(facts),
    zed(facts),
  ];
}

/** Without "/v1": it adds it itself. */
function claudeCode({ origin, model, key }: SnippetFacts): Snippet {
  const env = {
    ANTHROPIC_BASE_URL: origin,
    ANTHROPIC_AUTH_TOKEN: key ?? KEY_PLACEHOLDER,
    ANTHROPIC_MODEL: model,
  };
  const shell = [
    `export ANTHROPIC_BASE_URL=${shellWord(origin)}`,
    `export ANTHROPIC_AUTH_TOKEN=${shellKey(key)}`,
    `export ANTHROPIC_MODEL=${shellWord(model)}`,
    'claude',
  ].join('\n');
  return {
    id: 'claude-code',
    name: 'Claude Code',
    parts: [
      { where: SHELL, text: shell },
      { where: '~/.claude/settings.json', text: pretty({ env }) },
    ],
  };
}

/** Its own variable OPENAI_BASE_URL is not read; a provider has to be written down. */
function codex({ origin, model, key }: SnippetFacts): Snippet {
  const toml = `model = ${quoted(model)}
model_provider = "sluice"

[model_providers.sluice]
name = "Sluice"
base_url = ${quoted(`${origin}/v1`)}
env_key = ${quoted(KEY_VARIABLE)}
wire_api = "responses"`;
  return {
    id: 'codex',
    name: 'Codex',
    parts: [{ where: '~/.codex/config.toml', text: toml }, exported(key, 'codex')],
  };
}

function opencode({ origin, model, key }: SnippetFacts): Snippet {
  const config = {
    $schema: 'https://opencode.ai/config.json',
    model: `sluice/${model}`,
    provider: {
      sluice: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Sluice',
        options: { baseURL: `${origin}/v1`, apiKey: key ?? `{env:${KEY_VARIABLE}}` },
        models: Object.fromEntries([[model, { name: model }]]),
      },
    },
  };
  return {
    id: 'opencode',
    name: 'OpenCode',
    parts: [{ where: '~/.config/opencode/opencode.json', text: pretty(config) }],
  };
}

/** Without "/v1beta": it adds it itself. */
function geminiCli({ origin, model, key }: SnippetFacts): Snippet {
  const shell = [
    `export GOOGLE_GEMINI_BASE_URL=${shellWord(origin)}`,
    `export GEMINI_API_KEY=${shellKey(key)}`,
    `gemini --model ${shellWord(model)}`,
  ].join('\n');
  const settings = { security: { auth: { selectedType: 'gemini-api-key' } } };
  return {
    id: 'gemini-cli',
    name: 'Gemini CLI',
    parts: [
      { where: SHELL, text: shell },
      { where: '~/.gemini/settings.json', text: pretty(settings) },
    ],
  };
}

/** A tool that is set up by hand: what goes into which of its fields. */
function fields(
  id: Snippet['id'],
  name: string,
  where: string,
  { origin, model, key }: SnippetFacts,
  [keyField, urlField, modelField]: readonly [key: string, url: string, model: string],
): Snippet {
  const lines = [
    `${urlField}: ${origin}/v1`,
    `${keyField}: ${key ?? KEY_PLACEHOLDER}`,
    `${modelField}: ${model}`,
  ];
  return { id, name, parts: [{ where, text: lines.join('\n') }] };
}

function continueDev({ origin, model, key }: SnippetFacts): Snippet {
  const yaml = `name: Sluice
version: 1.0.0
schema: v1
models:
  - name: ${quoted(model)}
    provider: openai
    model: ${quoted(model)}
    apiBase: ${quoted(`${origin}/v1`)}
    apiKey: ${quoted(key ?? KEY_PLACEHOLDER)}
    roles: [chat, edit, apply]`;
  return { id: 'continue', name: 'Continue', parts: [{ where: '~/.continue/config.yaml', text: yaml }] };
}

function aider({ origin, model, key }: SnippetFacts): Snippet {
  const shell = [
    `export OPENAI_API_BASE=${shellWord(`${origin}/v1`)}`,
    `export OPENAI_API_KEY=${shellKey(key)}`,
    `aider --model ${shellWord(`openai/${model}`)}`,
  ].join('\n');
  return { id: 'aider', name: 'aider', parts: [{ where: SHELL, text: shell }] };
}

/** It takes the key of a provider called "Sluice" from the variable of that name, never from its settings. */
function zed({ origin, model, key }: SnippetFacts): Snippet {
  const settings = {
    language_models: {
      openai_compatible: {
        Sluice: {
          api_url: `${origin}/v1`,
          available_models: [{ name: model, display_name: model, max_tokens: 128_000 }],
        },
      },
    },
  };
  return {
    id: 'zed',
    name: 'Zed',
    parts: [{ where: '~/.config/zed/settings.json', text: pretty(settings) }, exported(key, 'zed')],
  };
}

/** The variable of the key, and the program that reads it. */
function exported(key: string | undefined, program: string): Snippet['parts'][number] {
  return { where: SHELL, text: `export ${KEY_VARIABLE}=${shellWord(key ?? KEY_PLACEHOLDER)}\n${program}` };
}
