// Tells whose address a base URL is: a preset then knows more of the vendor than any configuration of another gateway.

import { checkBaseUrl } from '../config/base-url.ts';
import { isLinkLocal } from '../config/link-local.ts';
import { providers } from '../core/providers/index.ts';
import type { Provider } from '../core/providers/provider.ts';

/** What a base URL comes to. */
export type KnownPlace =
  /** The address of a preset, which then needs no base URL. */
  | { readonly kind: 'preset'; readonly provider: Provider }
  /** Somebody else's. */
  | { readonly kind: 'own'; readonly url: string; readonly local: boolean }
  | { readonly kind: 'wrong'; readonly message: string };

function bare(path: string): string {
  return path.replace(/\/+$/, '').replace(/\/v\d+(?:beta)?$/, '');
}

/** Judges a base URL as another gateway had it. */
export function placeOf(text: string): KnownPlace {
  const checked = checkBaseUrl(text);
  if ('message' in checked) return { kind: 'wrong', message: checked.message };
  const url = new URL(checked.url);
  if (isLinkLocal(url.hostname))
    return { kind: 'wrong', message: 'Is a link-local address or the metadata service of a cloud.' };
  const provider = presetAt(url);
  if (provider !== undefined) return { kind: 'preset', provider };
  return { kind: 'own', url: checked.url, local: isPrivate(url.hostname) };
}

/** Ports of this machine are no vendor's: whatever answers there is called by its address. */
function presetAt(url: URL): Provider | undefined {
  if (url.search !== '') return undefined;
  for (const provider of providers.values()) {
    // Where accounts are the keys, a key is no use.
    if (provider.local !== undefined || provider.accounts !== undefined) continue;
    for (const base of Object.values(provider.bases)) {
      const preset = new URL(base);
      if (preset.origin !== url.origin) continue;
      if (bare(url.pathname) === '' || bare(url.pathname) === bare(preset.pathname)) return provider;
    }
  }
  return undefined;
}

/** True for addresses that are not on the public internet, where servers without keys are common. */
function isPrivate(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  if (name === 'localhost' || !name.includes('.') || /\.(?:local|internal|lan|localhost)$/.test(name))
    return true;
  return /^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(name);
}
