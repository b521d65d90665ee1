import { describe, expect, test } from 'vitest';
import type { Facts, Looking } from '../facts.ts';
import { codexCatalogue } from './codex-catalogue.ts';
import { findTool, TOOLS } from './index.ts';

const HOME = '/home/me';
const facts: Facts = {
  url: 'https://llm.example/gateway',
  token: 'sk-sluice-token',
  model: undefined,
  models: [
    { id: 'glm-5', contextTokens: 131_072, outputTokens: 16_000 },
    { id: 'claude-opus-5-5', contextTokens: 1_000_000, outputTokens: 128_000 },
    { id: 'gpt-5.5', contextTokens: 128_000, outputTokens: 128_000 },
  ],
};

function looking(files: Readonly<Record<string, string>> = {}, env: Looking['env'] = {}): Looking {
  return { env, home: HOME, read: (path) => files[path] };
}

/** The plan of a tool: the paths of its files, and every member by its name. */
function planOf(name: string, given: Facts, around: Looking) {
  const plan = findTool(name)?.plan(given, around);
  if (plan === undefined) throw new Error(name);
  const members = plan.edits.flatMap((edit) => (edit.format === 'own' ? [] : edit.members));
  return {
    files: plan.edits.map(({ path }) => path),
    notices: plan.notices.join(' '),
    members: Object.fromEntries(members.map(({ path, value }) => [path.join('.'), value])),
  };
}

describe('the plan of a tool', () => {
  test('13.4 Claude Code gets the address without a version, and a token; its model stays', () => {
    const { files, members } = planOf('claude', facts, looking());
    expect(files).toEqual(['/home/me/.claude/settings.json']);
    expect(members).toEqual({
      'env.ANTHROPIC_BASE_URL': 'https://llm.example/gateway',
      'env.ANTHROPIC_AUTH_TOKEN': 'sk-sluice-token',
    });
  });

  test('13.4 Claude Code is told the limits of a model that it does not know, and of no other', () => {
    const foreign = planOf('claude', { ...facts, model: 'glm-5' }, looking()).members;
    expect(foreign).toMatchObject({
      'env.ANTHROPIC_MODEL': 'glm-5',
      'env.ANTHROPIC_DEFAULT_HAIKU_MODEL': 'glm-5',
      'env.CLAUDE_CODE_MAX_CONTEXT_TOKENS': '131072',
      'env.CLAUDE_CODE_MAX_OUTPUT_TOKENS': '16000',
    });
    const own = Object.keys(planOf('claude', { ...facts, model: 'claude-opus-5-5' }, looking()).members);
    expect(own.filter((name) => name.includes('MAX'))).toEqual([]);
  });

  test('13.4 Claude Code: what competes with the token is told', () => {
    const settings = '{ "apiKeyHelper": "/bin/key", "env": { "ANTHROPIC_API_KEY": "sk-ant-x" } }';
    const env = { CLAUDE_CONFIG_DIR: '/etc/claude', CLAUDE_CODE_USE_BEDROCK: '1', ANTHROPIC_API_KEY: 'x' };
    const { files, notices } = planOf(
      'claude',
      facts,
      looking({ '/etc/claude/settings.json': settings }, env),
    );
    expect(files).toEqual(['/etc/claude/settings.json']);
    for (const name of ['apiKeyHelper', 'env.ANTHROPIC_API_KEY', 'CLAUDE_CODE_USE_BEDROCK', 'environment'])
      expect(notices).toContain(name);
  });

  test('13.5 Codex gets a provider of its own, and keeps its model', () => {
    const file = '/home/me/.codex/config.toml';
    const given = { ...facts, codexModels: [{ slug: 'gpt-5.5', visibility: 'list' }] };
    const { files, members } = planOf('codex', given, looking({ [file]: 'model = "o3"\n' }));
    expect(files).toEqual(['/home/me/.codex/sluice-models.json', file]);
    expect(members).toEqual({
      model_provider: 'sluice',
      model_catalog_json: '/home/me/.codex/sluice-models.json',
      'model_providers.sluice.name': 'Sluice',
      'model_providers.sluice.base_url': 'https://llm.example/gateway/v1',
      'model_providers.sluice.wire_api': 'responses',
      'model_providers.sluice.supports_websockets': true,
      'model_providers.sluice.experimental_bearer_token': 'sk-sluice-token',
    });
  });

  test('13.5 Codex: a list of models of the user stays, and a profile with another provider is told', () => {
    const text =
      'model_catalog_json = "/mine.json"\nprofile = "work"\n[profiles.work]\nmodel_provider = "x"\n';
    const env = { CODEX_HOME: '/c' };
    const { files, members, notices } = planOf('codex', facts, looking({ '/c/config.toml': text }, env));
    expect(files).toEqual(['/c/config.toml']);
    expect(members).not.toHaveProperty('model_catalog_json');
    expect(notices).toContain('"work"');
    expect(notices).toContain('list of your own');
  });

  test.each([
    [{}, {}, '/home/me/.config/opencode/opencode.json'],
    [{ XDG_CONFIG_HOME: '/x' }, { '/x/opencode/opencode.jsonc': '' }, '/x/opencode/opencode.jsonc'],
    [{}, { '/home/me/.config/opencode/config.json': '{}' }, '/home/me/.config/opencode/config.json'],
    [{ OPENCODE_CONFIG_DIR: '/d', XDG_CONFIG_HOME: '/x' }, {}, '/d/opencode.json'],
    [{ OPENCODE_CONFIG: '/f.json', OPENCODE_CONFIG_DIR: '/d' }, {}, '/f.json'],
  ])('13.6 OpenCode: %j with %j means %s', (env, files, wanted) => {
    expect(planOf('opencode', facts, looking(files, env)).files).toEqual([wanted]);
  });

  test('13.6 OpenCode gets the models of the gateway, their limits, and the library of their maker', () => {
    const { members } = planOf('opencode', { ...facts, model: 'new-one' }, looking());
    expect(members).toMatchObject({
      model: 'sluice/new-one',
      'provider.sluice.npm': '@ai-sdk/openai-compatible',
      'provider.sluice.options.baseURL': 'https://llm.example/gateway/v1',
      'provider.sluice.options.apiKey': 'sk-sluice-token',
      'provider.sluice.models.glm-5': { name: 'glm-5', limit: { context: 131_072, output: 16_000 } },
      'provider.sluice.models.new-one': { name: 'new-one' },
      'provider.sluice.models.claude-opus-5-5': { provider: { npm: '@ai-sdk/anthropic' } },
      'provider.sluice.models.gpt-5.5': { provider: { npm: '@ai-sdk/openai' } },
    });
  });

  test('Gemini CLI gets its variables and signs in by key', () => {
    const env = { GEMINI_CLI_HOME: '/g', GEMINI_API_KEY: 'AIza', GOOGLE_GENAI_USE_VERTEXAI: 'true' };
    const { files, members, notices } = planOf('gemini', { ...facts, model: 'm' }, looking({}, env));
    expect(files).toEqual(['/g/.gemini/.env', '/g/.gemini/settings.json']);
    expect(members).toEqual({
      GOOGLE_GEMINI_BASE_URL: 'https://llm.example/gateway',
      GEMINI_API_KEY: 'sk-sluice-token',
      'security.auth.selectedType': 'gemini-api-key',
      'model.name': 'm',
    });
    expect(notices).toContain('GEMINI_API_KEY is set in the environment');
    expect(notices).toContain('GOOGLE_GENAI_USE_VERTEXAI');
  });

  test.each(TOOLS.map((tool) => [tool.id, tool] as const))(
    '%s is run without its token on the command line',
    (_, tool) => {
      const { args, env, files } = tool.run({ ...facts, model: 'glm-5' }, looking());
      expect(JSON.stringify(args)).not.toContain(facts.token);
      expect(JSON.stringify([env, files])).toContain(facts.token);
      expect(JSON.stringify([env, args])).toContain('https://llm.example/gateway');
    },
  );

  test('13.4 Claude Code with settings that name another gateway is run with settings that win', () => {
    const settings = '{ "env": { "ANTHROPIC_BASE_URL": "http://other" } }';
    const plan = findTool('claude')?.run(facts, looking({ '/home/me/.claude/settings.json': settings }));
    expect(plan?.args).toEqual(['--settings', '{folder}/settings.json']);
    expect(plan?.files['settings.json']).toContain('https://llm.example/gateway');
  });
});

describe('13.5 the list of models for Codex', () => {
  const known = {
    slug: 'gpt-5.5',
    visibility: 'list',
    context_window: 272_000,
    base_instructions: 'You are Codex, an agent based on GPT-5.5. Be kind.',
    upgrade: { model: 'x' },
    use_responses_lite: false,
  };
  const models = (given: Facts): readonly Record<string, unknown>[] => {
    const text = codexCatalogue(given, [given.model]);
    return text === undefined ? [] : (JSON.parse(text) as { models: Record<string, unknown>[] }).models;
  };

  test('keeps the words of the installed Codex, with a window no larger than the true one', () => {
    const [, , own] = models({ ...facts, codexModels: [known] });
    expect(own).toEqual({ ...known, context_window: 128_000, max_context_window: 128_000 });
  });

  test('describes other models like one that is known, by their own names and windows', () => {
    const [other] = models({ ...facts, codexModels: [known] });
    expect(other).toMatchObject({
      slug: 'glm-5',
      context_window: 131_072,
      base_instructions: 'You are Codex, an agent. Be kind.',
    });
    expect(other).not.toHaveProperty('upgrade');
  });

  test('is not made where no Codex is installed, which is said', () => {
    expect(models(facts)).toEqual([]);
    expect(planOf('codex', facts, looking()).notices).toContain('not found on the PATH');
  });

  test('is not made where the gateway told no models', () => {
    expect(codexCatalogue({ ...facts, codexModels: [known], models: [] }, ['gpt-5.5'])).toBeUndefined();
  });
});
