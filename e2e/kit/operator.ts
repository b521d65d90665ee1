// The operator's own credential, as the commands of the same user find it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operatorToken } from '../../server/src/vault/seal.ts';
import type { Gateway } from './gateway.ts';

/** The header that opens the admin API of a gateway. */
export async function operatorHeader({ folder }: Gateway): Promise<{ readonly authorization: string }> {
  const secret = await readFile(join(folder, 'data', 'sluice', 'secret.key'), 'utf8');
  return { authorization: `Bearer ${operatorToken(Buffer.from(secret.trim(), 'hex'))}` };
}
