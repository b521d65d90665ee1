// Gemini CLI: address and key in the .env of its folder, and in its settings that a key is used. It adds "/v1beta" itself.
// See https://geminicli.com/docs/get-started/configuration

import { join } from 'node:path';
import { type Facts, folderIn, type Looking, type PointsAt, type RunPlan, type Tool } from '../facts.ts';
import { FORMATS } from '../formats/index.ts';
import type { Plan } from '../plan.ts';
import { textsIn } from './read-file.ts';

const URL_VARIABLE = 'GOOGLE_GEMINI_BASE_URL';
const KEY_VARIABLE = 'GEMINI_API_KEY';
const AUTH = ['security', 'auth', 'selectedType'] as const;
const BY_KEY = 'gemini-api-key';

/** The tool. */
export const geminiCli: Tool = {
  id: 'gemini-cli',
  title: 'Gemini CLI',
  names: ['gemini', 'gemini-cli'],
  program: 'gemini',
  dialectFor: () => 'gemini',
  folder,
  plan,
  pointsAt,
  run,
};

function folder({ env, home }: Looking): string {
  return join(folderIn(env, 'GEMINI_CLI_HOME') ?? home, '.gemini');
}

const settingsFile = (looking: Looking): string => join(folder(looking), 'settings.json');
const variablesFile = (looking: Looking): string => join(folder(looking), '.env');

function plan({ url, token, model }: Facts, looking: Looking): Plan {
  return {
    edits: [
      {
        path: variablesFile(looking),
        format: 'dotenv',
        members: [
          { path: [URL_VARIABLE], value: url },
          { path: [KEY_VARIABLE], value: token },
        ],
      },
      {
        path: settingsFile(looking),
        format: 'json',
        members: [
          { path: [...AUTH], value: BY_KEY },
          ...(model === undefined ? [] : [{ path: ['model', 'name'], value: model }]),
        ],
      },
    ],
    notices: notices(looking, url, token),
  };
}

function notices(looking: Looking, url?: string, token?: string): readonly string[] {
  const { env } = looking;
  const found: string[] = [];
  const wanted = { [URL_VARIABLE]: url, [KEY_VARIABLE]: token };
  for (const [name, value] of Object.entries(wanted))
    if (env[name] !== undefined && env[name] !== value)
      found.push(`${name} is set in the environment and wins over the file. Unset it.`);
  if (env['GEMINI_MODEL'] !== undefined)
    found.push('GEMINI_MODEL is set in the environment and wins over the file.');
  if (env['GOOGLE_GENAI_USE_VERTEXAI'] !== undefined)
    found.push(`GOOGLE_GENAI_USE_VERTEXAI is set: Gemini CLI then does not use ${URL_VARIABLE}. Unset it.`);
  return found;
}

function pointsAt(looking: Looking): PointsAt {
  const file = variablesFile(looking);
  const text = textsIn(looking, file, 'dotenv');
  const settings = textsIn(looking, settingsFile(looking), 'json');
  const { env } = looking;
  const url = folderIn(env, URL_VARIABLE) ?? text(URL_VARIABLE);
  const by = settings(...AUTH);
  const other =
    url !== undefined && by !== undefined && by !== BY_KEY
      ? [`${settingsFile(looking)} says security.auth.selectedType "${by}", so the gateway is not asked.`]
      : [];
  return {
    file,
    url,
    token: folderIn(env, KEY_VARIABLE) ?? text(KEY_VARIABLE),
    model: settings('model', 'name'),
    notices: [...other, ...notices(looking, text(URL_VARIABLE), text(KEY_VARIABLE))],
  };
}

/**
 * Variables of its process win over its files. How it signs in stands in its settings alone: where that is not by key, it
 * gets a home of its own for this run, with settings that say so, and with everything else of the user's linked to.
 */
function run({ url, token, model }: Facts, looking: Looking): RunPlan {
  const env = {
    [URL_VARIABLE]: url,
    [KEY_VARIABLE]: token,
    GOOGLE_GENAI_USE_VERTEXAI: undefined,
    GOOGLE_GENAI_USE_GCA: undefined,
    ...(model === undefined ? {} : { GEMINI_MODEL: model }),
  };
  const file = settingsFile(looking);
  if (textsIn(looking, file, 'json')(...AUTH) === BY_KEY) return { env, args: [], files: {} };
  const text = looking.read(file)?.replace(/^\uFEFF/, '');
  const settings = FORMATS.json.change(text, [{ path: AUTH, value: BY_KEY }]);
  return {
    env: { ...env, GEMINI_CLI_HOME: '{folder}' },
    args: [],
    files: { '.gemini/settings.json': settings.ok ? settings.text : (text ?? '') },
    linked: { from: folder(looking), into: '.gemini' },
  };
}
