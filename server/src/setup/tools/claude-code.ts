// Claude Code: variables in the "env" of its settings. It adds "/v1" itself, and without a token it asks to log in. See
// https://code.claude.com/docs/en/settings and https://code.claude.com/docs/en/llm-gateway

import { join } from 'node:path';
import {
  type Facts,
  folderIn,
  knownModel,
  type Looking,
  type PointsAt,
  type RunPlan,
  type Tool,
} from '../facts.ts';
import type { Plan } from '../plan.ts';
import { textsIn } from './read-file.ts';

const URL_VARIABLE = 'ANTHROPIC_BASE_URL';
const TOKEN_VARIABLE = 'ANTHROPIC_AUTH_TOKEN';
/** What it takes for granted of models that it does not know, in tokens. */
const ASSUMED_CONTEXT = 200_000;
const ASSUMED_OUTPUT = 32_000;

/** The tool. */
export const claudeCode: Tool = {
  id: 'claude-code',
  title: 'Claude Code',
  names: ['claude', 'claude-code'],
  program: 'claude',
  dialectFor: () => 'anthropic-messages',
  folder,
  plan,
  pointsAt,
  run,
};

function folder({ env, home }: Looking): string {
  return folderIn(env, 'CLAUDE_CONFIG_DIR') ?? join(home, '.claude');
}

function settingsFile(looking: Looking): string {
  return join(folder(looking), 'settings.json');
}

/** Its variables, without the token. */
function variables(facts: Facts): Record<string, string> {
  const { url, model } = facts;
  if (model === undefined) return { [URL_VARIABLE]: url };
  const { contextTokens, outputTokens } = knownModel(facts, model);
  const own = /claude|anthropic/i.test(model);
  const hasSmall = facts.models.length === 0 || facts.models.some(({ id }) => /haiku/i.test(id));
  return {
    [URL_VARIABLE]: url,
    ANTHROPIC_MODEL: model,
    // What it does in the background asks for a small model, which the gateway may not have.
    ...(hasSmall ? {} : { ANTHROPIC_DEFAULT_HAIKU_MODEL: model }),
    // Of its own vendor's models it knows better.
    ...(own || contextTokens === 0 || contextTokens === ASSUMED_CONTEXT
      ? {}
      : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(contextTokens) }),
    ...(own || outputTokens === 0 || outputTokens >= ASSUMED_OUTPUT
      ? {}
      : { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(outputTokens) }),
  };
}

function plan(facts: Facts, looking: Looking): Plan {
  const values = { ...variables(facts), [TOKEN_VARIABLE]: facts.token };
  const members = Object.entries(values).map(([name, value]) => ({ path: ['env', name], value }));
  return {
    edits: [{ path: settingsFile(looking), format: 'json', members }],
    notices: notices(looking, facts.url),
  };
}

function notices(looking: Looking, url: string | undefined): readonly string[] {
  const { env } = looking;
  const file = settingsFile(looking);
  const text = textsIn(looking, file, 'json');
  const found: string[] = [];
  if (env['ANTHROPIC_API_KEY'] !== undefined)
    found.push(
      'ANTHROPIC_API_KEY is set in the environment: Claude Code may ask which credential to use. Unset it, or answer no.',
    );
  if (text('env', 'ANTHROPIC_API_KEY') !== undefined)
    found.push(
      `"env.ANTHROPIC_API_KEY" in ${file} is sent too, as x-api-key. Take it out if it is not for the gateway.`,
    );
  if (text('apiKeyHelper') !== undefined)
    found.push(
      `"apiKeyHelper" in ${file} is set: its key is sent beside the token. Take it out if it is not for the gateway.`,
    );
  for (const name of ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'])
    if ((env[name] ?? text('env', name)) !== undefined)
      found.push(`${name} is set: Claude Code then does not use ANTHROPIC_BASE_URL. Unset it.`);
  const model = text('model');
  if (model !== undefined && url !== undefined && env['ANTHROPIC_MODEL'] !== undefined)
    found.push(`ANTHROPIC_MODEL is set in the environment and names another model than "${model}" may.`);
  return found;
}

function pointsAt(looking: Looking): PointsAt {
  const file = settingsFile(looking);
  const text = textsIn(looking, file, 'json');
  const { env } = looking;
  return {
    file,
    url: text('env', URL_VARIABLE) ?? folderIn(env, URL_VARIABLE),
    token: text('env', TOKEN_VARIABLE) ?? folderIn(env, TOKEN_VARIABLE),
    model: text('env', 'ANTHROPIC_MODEL') ?? text('model'),
    notices: notices(looking, undefined),
  };
}

/** The variables of its settings win over those of its process, so that they are given as settings where there are any. */
function run(facts: Facts, looking: Looking): RunPlan {
  const values = { ...variables(facts), [TOKEN_VARIABLE]: facts.token };
  const text = textsIn(looking, settingsFile(looking), 'json');
  const hidden = Object.keys(values).some((name) => text('env', name) !== undefined);
  return {
    env: { ...values, ANTHROPIC_API_KEY: undefined },
    args: hidden ? ['--settings', '{folder}/settings.json'] : [],
    files: hidden ? { 'settings.json': JSON.stringify({ env: values }) } : {},
  };
}
