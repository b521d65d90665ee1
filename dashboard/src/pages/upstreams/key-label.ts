// How the key of an upstream is called.

import type { KeyView } from '../../../../server/src/admin/contract.ts';

/** By its name, or by the end of its secret; an account has none, and is called by its id then. */
export function keyLabel({ name, last4, keyId }: Pick<KeyView, 'name' | 'last4' | 'keyId'>): string {
  return name ?? (last4 === '' ? keyId : `…${last4}`);
}
