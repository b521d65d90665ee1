// The base address of a gateway as people write it, and as the tools' modules want it.

import { checkBaseUrl } from '../config/base-url.ts';

/** An address, or what is wrong with the one that was given. */
export type GatewayAddress =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly message: string };

/** Takes "http://host:port", with a path or without; a version at its end is taken off, since each tool adds its own. */
export function gatewayAddress(written: string): GatewayAddress {
  const checked = checkBaseUrl(written);
  if ('message' in checked)
    return {
      ok: false,
      message: `The address of the gateway: ${checked.message} ${checked.suggestion ?? ''}`.trim(),
    };
  if (checked.url.includes('?'))
    return { ok: false, message: 'The address of the gateway must not have a query.' };
  return { ok: true, url: checked.url.replace(/\/v1(?:beta)?$/, '') };
}
