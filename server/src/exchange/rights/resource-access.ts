// Who may use the native resources of a provider. No body is read before this is decided, so the model that they run cannot be seen and
// what they cost is not known: whoever is held to some models or to a budget may use only what needs neither.

import type { Settings } from '../../config/settings.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { Inbound } from '../ports.ts';
import { modelIn } from '../realtime-model.ts';
import { mayUseModel, modelForbidden, namesBehind, wayForbidden } from './access.ts';

/** Resources that hold things and run no model. Whatever is not named here is taken to run one. */
const KEEPS_ONLY = new Set([
  'files',
  'uploads',
  'skills',
  'conversations',
  'vector_stores',
  'containers',
  'fileSearchStores',
  'operations',
  'gemini.upload',
  'gemini.download',
  'chat.completions.list',
  'chat.completions.stored',
  'chat.completions.stored.messages',
  'responses.one',
  'responses.input_items',
  'responses.cancel',
]);
const READS = new Set(['GET', 'HEAD', 'DELETE']);

/** Whether a request may have a model run. `route`: its name in the table of routes. */
export function runsModel(route: string, { upgrade, method, path }: Inbound): boolean {
  const reads = upgrade === undefined && READS.has(method);
  return !reads && !KEEPS_ONLY.has(route) && !/[/:]cancel$/.test(path);
}

/** Why the caller may not make this request, or undefined. `route`: as in `runsModel`. */
export function resourceRefusal(
  settings: Pick<Settings, 'aliases' | 'upstreams'>,
  route: string,
  inbound: Inbound,
): SluiceError | undefined {
  const { client, upgrade, path } = inbound;
  if (client === undefined || (client.models === undefined && client.budgets === undefined)) return undefined;
  const model = upgrade === undefined ? modelInPath(path) : modelIn(inbound.query);
  if (
    model !== undefined &&
    !mayUseModel(client, ...namesBehind(model, settings.aliases, settings.upstreams))
  )
    return modelForbidden(client, `"${model}"`);
  if (!runsModel(route, inbound)) return undefined;
  if (client.models !== undefined && model === undefined)
    return wayForbidden(client, 'it may use some models only, and which one this runs cannot be seen');
  if (client.budgets === undefined || client.unpricedModels === 'allow') return undefined;
  return sluiceError(
    'price_unknown',
    `What this path costs is not known, and the client "${client.id}" has a budget.`,
    {
      suggestion: 'Set unpricedModels to "allow" for the client to let it use what no budget can count.',
    },
  );
}

/** The model of a Gemini or OpenAI path: /v1beta/models/{model}:verb, /v1/models/{model}; a tuned one has its folder in its name. */
function modelInPath(path: string): string | undefined {
  const found = /\/(?:models\/([^:]+)|(tunedModels\/[^:/]+))/.exec(path)?.slice(1).find(Boolean);
  if (found === undefined) return undefined;
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}
