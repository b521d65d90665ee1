// Coding tools that are told by hand: which of their fields, files and variables want what.

import { KEY_VARIABLE, keyText, keyWord, quoted, type Snippet, type SnippetFacts, word } from './snippet.ts';

/** All of them. */
export const toolSnippets: readonly Snippet[] = [
  fields('cursor', 'Cursor', 'Settings → Models → API Keys', [
    'Override OpenAI Base URL',
    'OpenAI API Key',
    'Custom model',
  ]),
  fields('cline', 'Cline', 'Settings → API Provider: OpenAI Compatible', [
    'Base URL',
    'OpenAI Compatible API Key',
    'Model ID',
  ]),
  {
    id: 'continue',
    title: 'Continue',
    parts: (facts) => [{ where: '~/.continue/config.yaml', text: continueYaml(facts) }],
  },
  {
    id: 'aider',
    title: 'aider',
    parts: (facts) => [
      {
        where: 'shell',
        text: [
          `export OPENAI_API_BASE=${word(`${facts.url}/v1`)}`,
          `export OPENAI_API_KEY=${keyWord(facts)}`,
          `aider --model ${word(`openai/${facts.model}`)}`,
        ].join('\n'),
      },
    ],
  },
  {
    id: 'zed',
    title: 'Zed',
    // It takes the key of a provider called "Sluice" from the variable of that name only.
    parts: (facts) => [
      { where: '~/.config/zed/settings.json', text: zedSettings(facts) },
      { where: 'shell', text: `export ${KEY_VARIABLE}=${word(keyText(facts))}\nzed` },
    ],
  },
];

function fields(
  id: string,
  title: string,
  where: string,
  [address, key, model]: readonly [address: string, key: string, model: string],
): Snippet {
  return {
    id,
    title,
    parts: (facts) => [
      {
        where,
        text: `${address}: ${facts.url}/v1\n${key}: ${keyText(facts)}\n${model}: ${facts.model}`,
      },
    ],
  };
}

function continueYaml(facts: SnippetFacts): string {
  const model = quoted(facts.model);
  return [
    'name: Sluice',
    'version: 1.0.0',
    'schema: v1',
    'models:',
    `  - name: ${model}`,
    '    provider: openai',
    `    model: ${model}`,
    `    apiBase: ${quoted(`${facts.url}/v1`)}`,
    `    apiKey: ${quoted(keyText(facts))}`,
    '    roles: [chat, edit, apply]',
  ].join('\n');
}

function zedSettings({ url, model }: SnippetFacts): string {
  const sluice = {
    api_url: `${url}/v1`,
    available_models: [{ name: model, display_name: model, max_tokens: 128_000 }],
  };
  return JSON.stringify({ language_models: { openai_compatible: { Sluice: sluice } } }, undefined, 2);
}
