// OpenCode: a provider of its own in opencode.json, with the gateway's models, since it offers no others. Models of
// Anthropic and OpenAI are asked for by the libraries of these, all others by that of Chat Completions. See
// https://opencode.ai/docs/providers

import { dirname, join } from 'node:path';
import type { JsonValue } from '../../config/document.ts';
import type { DialectId } from '../../core/model/dialect-id.ts';
import {
  type Facts,
  folderIn,
  type KnownModel,
  knownModel,
  type Looking,
  type PointsAt,
  type RunPlan,
  type Tool,
} from '../facts.ts';
import type { Member, Plan } from '../plan.ts';
import { textsIn } from './read-file.ts';

const PROVIDER = 'sluice';
const SCHEMA = 'https://opencode.ai/config.json';
const KEY_VARIABLE = 'SLUICE_API_KEY';

/** A library that OpenCode brings along. All of these want "/v1" at the end of the address. */
interface Library {
  readonly npm: string;
  readonly dialect: DialectId;
}

const CHAT: Library = { npm: '@ai-sdk/openai-compatible', dialect: 'openai-chat' };
const MESSAGES: Library = { npm: '@ai-sdk/anthropic', dialect: 'anthropic-messages' };
/** That of Chat Completions sends "max_tokens", which OpenAI's newer models refuse. */
const RESPONSES: Library = { npm: '@ai-sdk/openai', dialect: 'openai-responses' };

/** The tool. */
export const opencode: Tool = {
  id: 'opencode',
  title: 'OpenCode',
  names: ['opencode'],
  program: 'opencode',
  dialectFor: (model = '') => libraryFor(model).dialect,
  folder: (looking) => dirname(settingsFile(looking)),
  plan,
  pointsAt,
  run,
};

/** The file that is read last of those that are not of a project. */
function settingsFile(looking: Looking): string {
  const { env, home } = looking;
  const file = folderIn(env, 'OPENCODE_CONFIG');
  if (file !== undefined) return file;
  const own = folderIn(env, 'OPENCODE_CONFIG_DIR');
  const folder = own ?? join(folderIn(env, 'XDG_CONFIG_HOME') ?? join(home, '.config'), 'opencode');
  const names = ['opencode.jsonc', 'opencode.json', ...(own === undefined ? ['config.json'] : [])];
  const there = names.find((name) => looking.read(join(folder, name)) !== undefined);
  return join(folder, there ?? 'opencode.json');
}

function libraryFor(model: string): Library {
  const name = model.toLowerCase().replace(/^.*\//, '');
  if (name.startsWith('claude')) return MESSAGES;
  return /^(?:gpt-(?!oss)|chatgpt-|codex-|o\d)/.test(name) ? RESPONSES : CHAT;
}

function entryOf({ id, contextTokens, outputTokens }: KnownModel): { [name: string]: JsonValue } {
  const { npm } = libraryFor(id);
  return {
    name: id,
    // An output of 0 leaves its own default in force.
    ...(contextTokens === 0 ? {} : { limit: { context: contextTokens, output: outputTokens } }),
    ...(npm === CHAT.npm ? {} : { provider: { npm } }),
  };
}

function offered(facts: Facts): readonly KnownModel[] {
  const { model, models } = facts;
  const listed = model === undefined || models.some(({ id }) => id === model);
  return listed ? models : [...models, knownModel(facts, model)];
}

function members(facts: Facts, apiKey: string): readonly Member[] {
  const { url, model } = facts;
  const at = ['provider', PROVIDER];
  return [
    ...(model === undefined ? [] : [{ path: ['model'], value: `${PROVIDER}/${model}` }]),
    { path: [...at, 'npm'], value: CHAT.npm },
    { path: [...at, 'name'], value: 'Sluice' },
    { path: [...at, 'options', 'baseURL'], value: `${url}/v1` },
    { path: [...at, 'options', 'apiKey'], value: apiKey },
    ...offered(facts).map((one) => ({ path: [...at, 'models', one.id], value: entryOf(one) })),
  ];
}

function plan(facts: Facts, looking: Looking): Plan {
  const path = settingsFile(looking);
  // It writes this into a file without it when it starts, so that the file would not be as we wrote it.
  const schema = textsIn(looking, path, 'json')('$schema') ?? SCHEMA;
  const own = schema === SCHEMA ? [{ path: ['$schema'], value: SCHEMA }] : [];
  const edits = [{ path, format: 'json' as const, members: [...own, ...members(facts, facts.token)] }];
  const none =
    'The gateway listed no models, and OpenCode offers only what is written down: run this again when it does, or name one with --model.';
  return { edits, notices: offered(facts).length === 0 ? [none, ...notices(looking)] : notices(looking) };
}

function notices(looking: Looking): readonly string[] {
  const { env } = looking;
  return folderIn(env, 'OPENCODE_CONFIG_CONTENT') === undefined
    ? []
    : ['OPENCODE_CONFIG_CONTENT is set: what it says wins over the file.'];
}

function pointsAt(looking: Looking): PointsAt {
  const file = settingsFile(looking);
  const text = textsIn(looking, file, 'json');
  const model = text('model');
  const [named = ''] = (model ?? '').split('/');
  const id = text('provider', PROVIDER, 'options', 'baseURL') === undefined ? named : PROVIDER;
  const key = text('provider', id, 'options', 'apiKey');
  const variable = key === undefined ? undefined : /^\{env:([^}]+)\}$/.exec(key)?.[1];
  return {
    file,
    url: text('provider', id, 'options', 'baseURL'),
    token: variable === undefined ? key : folderIn(looking.env, variable),
    model: model?.startsWith(`${id}/`) === true ? model.slice(id.length + 1) : undefined,
    notices: notices(looking),
  };
}

/** It takes settings in a variable, which win over all files. */
function run(facts: Facts): RunPlan {
  const config: { [name: string]: JsonValue } = {};
  for (const { path, value } of members(facts, `{env:${KEY_VARIABLE}}`)) {
    let at = config;
    for (const step of path.slice(0, -1)) {
      const next = at[step];
      const object = typeof next === 'object' && next !== null && !Array.isArray(next) ? next : {};
      at[step] = object;
      at = object;
    }
    at[path.at(-1) ?? ''] = value;
  }
  return {
    env: { [KEY_VARIABLE]: facts.token, OPENCODE_CONFIG_CONTENT: JSON.stringify(config) },
    args: [],
    files: {},
  };
}
