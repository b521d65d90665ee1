// What the admin API needs of the process: its key, its sessions, its audit log, and the parts that live as long as the
// process does.

import { join } from 'node:path';
import type { AdminOutside } from '../admin/parts.ts';
import type { Settings } from '../config/settings.ts';
import { openAdminKey } from '../vault/admin-key.ts';
import { vaultFolder } from '../vault/places.ts';
import { openSessionFile } from '../vault/session-file.ts';

/** The name of the variable that sets the admin key. */
export const ADMIN_KEY_VARIABLE = 'SLUICE_ADMIN_KEY';

/** What is given. */
export interface OutsideOptions {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: { warn(message: string): void; error(message: string): void };
  /** The parts besides the key, the sessions and the audit log. */
  readonly parts: Omit<AdminOutside, 'key' | 'audit' | 'sessions'>;
}

/** The outside, or why the gateway must not start. */
export type OutsideOpened =
  | {
      readonly ok: true;
      readonly outside: AdminOutside;
      /** The admin key, where it was made just now. */
      readonly created: string | undefined;
    }
  | { readonly ok: false; readonly message: string };

/** Opens key, sessions and audit log. */
export async function openOutside({ settings, env, log, parts }: OutsideOptions): Promise<OutsideOpened> {
  const folder = vaultFolder(settings);
  const opened = await openAdminKey(folder, env[ADMIN_KEY_VARIABLE]);
  if (!opened.ok) return opened;
  const { key, created, trouble } = opened;
  if (trouble !== undefined) log.warn(`Nobody has an admin key: ${trouble}`);
  const { createAuditLog } = await import('../admin/audit.ts');
  const audit = createAuditLog({
    path: join(folder, 'audit.log'),
    onTrouble: (message) => log.error(message),
  });
  const sessions = await openSessionFile({
    folder,
    keyDigest: () => key.digest(),
    onTrouble: (message) => log.warn(message),
  });
  return { ok: true, outside: { ...parts, key, audit, sessions }, created };
}
