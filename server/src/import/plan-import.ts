// Files of a gateway → plan, by the reader of that gateway.

import { basename } from 'node:path';
import type { Environment } from '../config/environment.ts';
import type { Planned, SourceId } from './plan.ts';
import type { InputFile } from './read-files.ts';
import { recognise } from './recognise.ts';
import { planAiProxy } from './sources/ai-proxy.ts';
import { planApiTogether } from './sources/api-together.ts';
import { portOf, type Variables } from './sources/environment-plan.ts';
import { planLitellm } from './sources/litellm.ts';
import { planNosTokenProxy } from './sources/nos-token-proxy.ts';
import { planOpenrouterProxy } from './sources/openrouter-proxy.ts';
import { planTokenProxy } from './sources/token-proxy.ts';

/** Plans the import of files. `env` is what the process has: keys that stand there need not be copied. */
export function planFiles(source: SourceId | 'auto', files: readonly InputFile[], env: Environment): Planned {
  const found = source === 'auto' ? recognise(files) : [source];
  const [only, other] = found;
  if (only === undefined)
    return {
      ok: false,
      message: `It cannot be told whose configuration this is: ${files.map(({ path }) => path).join(', ')}.`,
      suggestion: 'Name the gateway, as in "sluice import litellm config.yaml".',
    };
  if (other !== undefined)
    return {
      ok: false,
      message: `These files belong to several gateways: ${found.join(', ')}.`,
      suggestion: 'Import one at a time, each with --out to a file of its own.',
    };
  return planSource(only, files, env);
}

function planSource(source: SourceId, files: readonly InputFile[], inherited: Environment): Planned {
  const envFiles = files.filter((file) => file.kind === 'env');
  const variables: Variables = {
    env: Object.assign({}, ...envFiles.map((file) => file.variables)) as Environment,
    from: envFiles.map(({ path }) => basename(path)).join(' and ') || 'the environment',
    inherited,
  };
  const values = files.flatMap((file) => (file.kind === 'env' ? [] : [file.value]));
  switch (source) {
    case 'nos-token-proxy':
    case 'ai-proxy':
      if (envFiles.length === 0) return noFile('It is configured by variables: give its .env file.');
      return source === 'ai-proxy' ? planAiProxy(variables) : planNosTokenProxy(variables);
    case 'openrouter-proxy':
      return planOpenrouterProxy(variables, values.find(Array.isArray));
    case 'api-together': {
      const config = values.find((value) => !Array.isArray(value));
      if (config === undefined) return noFile('Give its src/config/apis.json.');
      const port = 'PORT' in variables.env ? portOf(variables.env, 3001) : undefined;
      return planApiTogether(config, values.find(Array.isArray), port);
    }
    case 'token-proxy':
      return values.length === 0 ? noFile('Give its config.jsonc.') : planTokenProxy(values[0]);
    case 'litellm':
      return values.length === 0 ? noFile('Give its config.yaml.') : planLitellm(values[0], variables.env);
  }
}

function noFile(suggestion: string): Planned {
  return { ok: false, message: 'None of these files is a configuration of this gateway.', suggestion };
}

/** Plans from the environment alone. */
export function planEnvironment(source: SourceId, env: Environment): Planned {
  const variables: Variables = { env, from: 'the environment', inherited: env };
  switch (source) {
    case 'nos-token-proxy':
      return planNosTokenProxy(variables);
    case 'ai-proxy':
      return planAiProxy(variables);
    case 'openrouter-proxy':
      return planOpenrouterProxy(variables);
    case 'token-proxy':
    case 'api-together':
    case 'litellm':
      return {
        ok: false,
        message: `${source} is configured by a file, not by variables of the environment.`,
        suggestion: `Import it: "sluice import ${source} <file>".`,
      };
  }
}
