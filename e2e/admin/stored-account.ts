// An account of a running gateway, stored as its operator would.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodexSimulator } from '../../server/test/kit/codex-account.ts';
import { until } from '../kit/until.ts';
import type { Administered } from './admin-client.ts';

/** Stores a login of the vendor, waits until the gateway uses it, and answers the id of the account. */
export async function storeAccount(
  { gateway, admin }: Administered,
  vendor: Pick<CodexSimulator, 'authFile' | 'login'>,
): Promise<string> {
  const file = join(gateway.folder, 'auth.json');
  await writeFile(file, vendor.authFile(vendor.login('acc-1')), { mode: 0o600 });
  const flags = ['--no-test', '--config', join(gateway.folder, 'sluice.jsonc')];
  const stored = await gateway.command('accounts', 'import', 'codex', file, ...flags);
  const id = /codex\/(k_\w+)/.exec(stored.stdout)?.[1];
  if (id === undefined) throw new Error(`No account: ${stored.stdout}${stored.stderr}`);
  await until(
    async () => (JSON.stringify((await admin('GET', '/keys')).json).includes(id) ? true : undefined),
    () => 'the gateway does not use the account',
  );
  return id;
}
