// Tells by the content of a file which gateway it belongs to.

import type { Environment } from '../config/environment.ts';
import { isObject } from './fields.ts';
import type { SourceId } from './plan.ts';
import type { InputFile } from './read-files.ts';

/** The gateways that the files may belong to; several where their variables have the same names. */
export function recognise(files: readonly InputFile[]): readonly SourceId[] {
  const strong = files.flatMap((file) => (file.kind === 'env' ? [] : (ofValue(file.value) ?? [])));
  if (strong.length > 0) return [...new Set(strong)];
  return [...new Set(files.flatMap((file) => (file.kind === 'env' ? ofVariables(file.variables) : [])))];
}

function ofValue(value: unknown): SourceId | undefined {
  if (Array.isArray(value)) {
    const [first]: readonly unknown[] = value;
    if (isObject(first) && 'key' in first) return 'openrouter-proxy';
    return Array.isArray(first) ? 'api-together' : undefined;
  }
  if (!isObject(value)) return undefined;
  if (Array.isArray(value['apis'])) return 'api-together';
  if (Array.isArray(value['model_list'])) return 'litellm';
  return Array.isArray(value['upstreams']) ? 'token-proxy' : undefined;
}

/** Whose variables these are. */
function ofVariables(env: Environment): readonly SourceId[] {
  const has = (name: string): boolean => (env[name]?.trim() ?? '') !== '';
  if (has('TARGET_API_URL') || has('API_KEYS')) return ['nos-token-proxy'];
  const openrouter = ['OPENROUTER_API_KEYS', 'HTTP_REFERER', 'SITE_NAME', 'LOG_RETENTION_DAYS'];
  if (openrouter.some(has)) return ['openrouter-proxy'];
  const vendors = ['OPENAI_API_KEY', 'OPEN_API_KEY', 'ANTHROPIC_API_KEY', 'MISTRAL_API_KEY'];
  return vendors.some(has) ? ['ai-proxy'] : [];
}
