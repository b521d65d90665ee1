// Codex: a provider of its own in config.toml, and a list of the gateway's models with their true context windows. It
// ignores OPENAI_BASE_URL. See https://developers.openai.com/codex/config-reference

import { join } from 'node:path';
import { type Facts, folderIn, type Looking, type PointsAt, type RunPlan, type Tool } from '../facts.ts';
import type { FileEdit, Member, Plan } from '../plan.ts';
import { codexCatalogue } from './codex-catalogue.ts';
import { textsIn } from './read-file.ts';

const PROVIDER = 'sluice';
const TABLE = ['model_providers', PROVIDER] as const;
/** The list of models, beside the settings. */
const CATALOGUE = 'sluice-models.json';
/** Holds the token while `sluice run` runs it. */
const KEY_VARIABLE = 'SLUICE_API_KEY';

/** The tool. */
export const codex: Tool = {
  id: 'codex',
  title: 'Codex',
  names: ['codex'],
  program: 'codex',
  dialectFor: () => 'openai-responses',
  folder,
  plan,
  pointsAt,
  run,
};

function folder({ env, home }: Looking): string {
  return folderIn(env, 'CODEX_HOME') ?? join(home, '.codex');
}

function settingsFile(looking: Looking): string {
  return join(folder(looking), 'config.toml');
}

function provider({ url }: Facts): readonly Member[] {
  return [
    { path: [...TABLE, 'name'], value: 'Sluice' },
    { path: [...TABLE, 'base_url'], value: `${url}/v1` },
    { path: [...TABLE, 'wire_api'], value: 'responses' },
    { path: [...TABLE, 'supports_websockets'], value: true },
  ];
}

function plan(facts: Facts, looking: Looking): Plan {
  const file = settingsFile(looking);
  const text = textsIn(looking, file, 'toml');
  const catalogueFile = join(folder(looking), CATALOGUE);
  const theirs = text('model_catalog_json');
  const own = theirs === undefined || theirs === catalogueFile;
  const catalogue = own ? codexCatalogue(facts, [facts.model, text('model')]) : undefined;
  const { model } = facts;
  const members: Member[] = [
    ...(model === undefined ? [] : [{ path: ['model'], value: model }]),
    { path: ['model_provider'], value: PROVIDER },
    ...(catalogue === undefined ? [] : [{ path: ['model_catalog_json'], value: catalogueFile }]),
    ...provider(facts),
    { path: [...TABLE, 'experimental_bearer_token'], value: facts.token },
  ];
  const lists: FileEdit[] =
    catalogue === undefined ? [] : [{ path: catalogueFile, format: 'own', text: catalogue }];
  // The list first: Codex does not start when it is named and not there.
  const missing =
    facts.codexModels === undefined
      ? ['Codex was not found on the PATH: it gets its list of models when this is run again with it.']
      : [];
  const edits: FileEdit[] = [...lists, { path: file, format: 'toml', members }];
  return { edits, notices: [...missing, ...notices(looking)] };
}

function notices(looking: Looking): readonly string[] {
  const text = textsIn(looking, settingsFile(looking), 'toml');
  const found: string[] = [];
  const profile = text('profile');
  const other = profile === undefined ? undefined : text('profiles', profile, 'model_provider');
  if (other !== undefined && other !== PROVIDER)
    found.push(`The profile "${profile}" is in use and says model_provider = "${other}", which wins.`);
  const catalogue = text('model_catalog_json');
  if (catalogue !== undefined && catalogue !== join(folder(looking), CATALOGUE))
    found.push('"model_catalog_json" names a list of your own, which stays.');
  return found;
}

function pointsAt(looking: Looking): PointsAt {
  const file = settingsFile(looking);
  const text = textsIn(looking, file, 'toml');
  const id = text('model_provider') ?? 'openai';
  const url =
    text('model_providers', id, 'base_url') ?? (id === 'openai' ? text('openai_base_url') : undefined);
  const variable = text('model_providers', id, 'env_key');
  return {
    file,
    url,
    token:
      text('model_providers', id, 'experimental_bearer_token') ??
      (variable === undefined ? undefined : folderIn(looking.env, variable)),
    model: text('model'),
    notices: notices(looking),
  };
}

/** Settings of its command line win over the file. The token stays off it, where others could read it. */
function run(facts: Facts, looking: Looking): RunPlan {
  const text = textsIn(looking, settingsFile(looking), 'toml');
  const catalogue = codexCatalogue(facts, [facts.model, text('model')]);
  const settings: Member[] = [
    ...(facts.model === undefined ? [] : [{ path: ['model'], value: facts.model }]),
    { path: ['model_provider'], value: PROVIDER },
    ...(catalogue === undefined ? [] : [{ path: ['model_catalog_json'], value: `{folder}/${CATALOGUE}` }]),
    ...provider(facts),
    { path: [...TABLE, 'env_key'], value: KEY_VARIABLE },
  ];
  return {
    env: { [KEY_VARIABLE]: facts.token },
    args: settings.flatMap(({ path, value }) => ['-c', `${path.join('.')}=${JSON.stringify(value)}`]),
    files: catalogue === undefined ? {} : { [CATALOGUE]: catalogue },
  };
}
