// Which base URL a dialect of an upstream has, from the preset and the one base URL that an operator may configure.

import type { DialectId } from '../model/dialect-id.ts';
import type { Provider } from './provider.ts';

/** Length of "scheme://host:port" in an absolute URL. */
function originLength(url: string): number {
  const scheme = url.indexOf('://');
  const from = scheme === -1 ? 0 : scheme + 3;
  for (let i = from; i < url.length; i++) if ('/?#'.includes(url.charAt(i))) return i;
  return url.length;
}

/**
 * Base URL per dialect when the operator's configured one replaces the preset's host. A bare host serves every dialect
 * under its preset path (Gemini's OpenAI layer stays below /v1beta/openai). A URL with a path of its own serves only
 * the dialects that share the address of the preset's best one: nothing is known of where the others would be.
 */
export function baseUrlsFor(
  provider: Pick<Provider, 'bases' | 'dialects' | 'defaultPath'>,
  configured: string,
): Partial<Record<DialectId, string>> {
  const end = originLength(configured);
  const origin = configured.slice(0, end);
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(configured.slice(end)) ?? [];
  const bare = path === '' || path === '/';
  const first = provider.dialects[0];
  const urls: Partial<Record<DialectId, string>> = {};
  for (const dialect of provider.dialects) {
    const preset = provider.bases[dialect];
    const presetPath =
      preset === undefined ? (provider.defaultPath ?? '') : preset.slice(originLength(preset));
    if (bare) urls[dialect] = origin + presetPath + query;
    else if (first !== undefined && preset === provider.bases[first]) urls[dialect] = origin + path + query;
  }
  return urls;
}
