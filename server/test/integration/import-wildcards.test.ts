// Wildcards of LiteLLM: they stand in for names that no group has, and for no other.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import { choose } from '../../src/exchange/choose.ts';
import { createPrices } from '../../src/prices/prices.ts';
import { desk, secretsOf } from '../kit/import-kit.ts';
import type { Said } from '../kit/recording-terminal.ts';

const ENV = {
  OPENAI_API_KEY: 'sk-canary-openai',
  ANTHROPIC_API_KEY: 'sk-canary-anthropic',
  OPENROUTER_API_KEY: 'sk-canary-openrouter',
  GROQ_ONE: 'canary-groq-one',
  GROQ_TWO: 'canary-groq-two',
  EU: 'canary-azure-eu',
};

const EU =
  '  - { model_name: gpt-4o, litellm_params: { model: azure/gpt-4o, api_base: "https://eu.openai.azure.com/", api_key: os.environ/EU } }';
const OPENAI =
  '  - { model_name: openai/*, litellm_params: { model: openai/*, api_key: os.environ/OPENAI_API_KEY } }';

async function importOf(...lines: readonly string[]): Promise<{ settings: Settings; said: Said }> {
  const user = desk(ENV);
  const file = join(user.cwd, 'config.yaml');
  writeFileSync(file, ['model_list:', ...lines].join('\n'));
  const said = await user.run(['litellm', file]);
  if (said.code !== 0) throw new Error(said.err);
  return { settings: await user.settings(), said };
}

/** upstream and model that a client's name leads to, in the order of the file. */
function leadsTo(settings: Settings, model: string): readonly (readonly [string, string])[] {
  const choice = choose(settings, { dialect: 'openai-chat', use: 'generate', model, client: '' });
  return choice.ok ? choice.candidates.map((one) => [one.upstream.id, one.model] as const) : [];
}

test('14.1 a name of a group goes to its deployments alone, and not to the wildcard of the same vendor', async () => {
  const { settings, said } = await importOf(EU, OPENAI);
  expect(leadsTo(settings, 'gpt-4o')).toEqual([['azure-openai', 'gpt-4o']]);
  expect(leadsTo(settings, 'openai/gpt-4o')).toEqual([['openai', 'gpt-4o']]);
  expect(leadsTo(settings, 'gpt-5.5')).toEqual([['openai', 'gpt-5.5']]);
  expect(said.err).toContain('names that no group has: They go to the upstreams of openai/*');
});

test('14.1 an alias of a group and its fallbacks stay with the group', async () => {
  const { settings } = await importOf(
    EU,
    OPENAI,
    '  - { model_name: claude, litellm_params: { model: anthropic/claude-opus-5-5 } }',
    'router_settings:',
    '  model_group_alias: { gpt-4: gpt-4o }',
    '  fallbacks: [{ gpt-4o: [claude] }]',
  );
  const served = [
    ['azure-openai', 'gpt-4o'],
    ['anthropic-fallback', 'claude-opus-5-5'],
  ];
  expect(leadsTo(settings, 'gpt-4o')).toEqual(served);
  expect(leadsTo(settings, 'gpt-4')).toEqual(served);
});

test('14.1 of several wildcards the one that fits best serves a name, and "*" what is left', async () => {
  const { settings } = await importOf(
    OPENAI,
    '  - { model_name: "claude-*", litellm_params: { model: "anthropic/claude-*" } }',
    '  - { model_name: "*", litellm_params: { model: "openrouter/*" } }',
  );
  expect(leadsTo(settings, 'claude-opus-5-5')).toEqual([['anthropic', 'claude-opus-5-5']]);
  expect(leadsTo(settings, 'openai/gpt-5.5')).toEqual([['openai', 'gpt-5.5']]);
  expect(leadsTo(settings, 'never-heard-of')).toEqual([['openrouter', 'never-heard-of']]);
});

test('14.1 a wildcard with several keys is one upstream with as many', async () => {
  const { settings } = await importOf(
    '  - { model_name: groq/*, litellm_params: { model: groq/*, api_key: os.environ/GROQ_ONE } }',
    '  - { model_name: groq/*, litellm_params: { model: groq/*, api_key: os.environ/GROQ_TWO } }',
  );
  expect(settings.upstreams.map(({ id }) => id)).toEqual(['groq']);
  expect(secretsOf(settings, 'groq')).toEqual(['canary-groq-one', 'canary-groq-two']);
});

test('14.1 a prefix that is part of the name at a relay is sent along, and means no upstream', async () => {
  const { settings } = await importOf(
    '  - { model_name: claude, litellm_params: { model: anthropic/claude-opus-5-5 } }',
    '  - { model_name: anthropic/*, litellm_params: { model: openrouter/anthropic/* } }',
  );
  expect(leadsTo(settings, 'anthropic/claude-x')).toEqual([['openrouter', 'anthropic/claude-x']]);
  expect(leadsTo(settings, 'claude')).toEqual([['anthropic-itself', 'claude-opus-5-5']]);
});

test('14.1 a fallback may be a model of a wildcard, and a wildcard without the default ones is told', async () => {
  const { settings, said } = await importOf(
    EU,
    OPENAI,
    'litellm_settings: { fallbacks: [{ gpt-4o: [openai/gpt-5.5] }], default_fallbacks: [gpt-4o] }',
  );
  expect(leadsTo(settings, 'gpt-4o')).toEqual([
    ['azure-openai', 'gpt-4o'],
    ['openai-fallback', 'gpt-5.5'],
  ]);
  expect(said.err).toContain('default_fallbacks of openai/*');
});

test('14.1 without wildcards no route is written', async () => {
  const { settings } = await importOf(EU);
  expect(settings.routes.map(({ id }) => id)).toEqual(['default']);
});

const named = (base: string): string =>
  `${EU.replace('azure/gpt-4o', 'azure/house').slice(0, -2)}, model_info: { base_model: ${base} } }`;

test('14.1 what cannot be carried of a wildcard or a price is told', async () => {
  const { said } = await importOf(
    '  - { model_name: "*", litellm_params: { model: "*" } }',
    named('bedrock/nobody.knows'),
  );
  expect(said.err).toContain('each has an upstream of its own');
  expect(said.err).toContain('model_list[1].model_info.base_model');
  expect(said.err).toContain('"house"');
});

test.each(['azure/gpt-4o', 'azure/eu/gpt-4o', 'gpt-4o'])(
  '14.1 a deployment whose base_model is %s has the price of that model',
  async (base) => {
    const { settings, said } = await importOf(named(base));
    const [azure] = settings.upstreams;
    if (azure === undefined) throw new Error('no upstream was imported');
    const prices = createPrices({ settings: () => settings });
    expect(prices.of(azure, 'house', Date.now())?.id).toBe('catalogue:openai/gpt-4o');
    expect(said.err).not.toContain('base_model');
  },
);
