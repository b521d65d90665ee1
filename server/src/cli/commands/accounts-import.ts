// sluice accounts import: stores the login that the provider's own tool keeps on this machine.

import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../../config/system-code.ts';
import type { AccountKind } from '../../core/providers/account.ts';
import {
  type Imported,
  importedCodex,
  importedKiro,
  kiroClientFile,
  usualPlace,
} from '../../upstream/credentials/imported.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { accountSetting, KINDS, type StoreFlags, storePlace } from './accounts-setting.ts';
import { storeAccount } from './accounts-store.ts';

/** Imports one login. */
export async function importAccount(
  terminal: Terminal,
  asked: string,
  path: string | undefined,
  flags: StoreFlags,
): Promise<void> {
  const kind = KINDS.find((one) => one === asked);
  if (kind === undefined)
    return fail(terminal, 'There are no accounts of this kind.', `Say one of: ${KINDS.join(', ')}.`);
  const setting = await accountSetting(terminal, flags);
  if (setting === undefined) return;
  const upstream = storePlace(terminal, setting, kind, flags.upstream);
  if (upstream === undefined) return;
  const usual = usualPlace(kind, terminal.env, terminal.home, join);
  const file = path === undefined ? usual : resolve(terminal.cwd, path);
  const login = await loginIn(kind, file);
  if (typeof login === 'string') return fail(terminal, `${file}: ${login}.`, remedy(kind, path));
  if (flags.json !== true)
    terminal.err(
      terminal.colours.dim(
        `The login is now shared with ${kind === 'codex' ? 'Codex' : 'Kiro'}: where the provider lets a login be renewed once only, the first to renew it logs the other out.${kind === 'codex' ? ' "sluice accounts login codex" makes one of its own.' : ''}`,
      ),
    );
  await storeAccount(terminal, setting, { kind, upstream, login }, flags);
}

async function loginIn(kind: AccountKind, file: string): Promise<Imported | string> {
  const text = await textOf(file);
  if (typeof text !== 'string') return text.fault;
  if (kind === 'codex') return importedCodex(text);
  const clientFile = kiroClientFile(text);
  const client = clientFile === undefined ? undefined : await textOf(join(dirname(file), clientFile));
  return importedKiro(text, typeof client === 'string' ? client : undefined);
}

async function textOf(file: string): Promise<string | { readonly fault: string }> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    return { fault: code === 'ENOENT' ? 'there is no such file' : `it could not be read (${code})` };
  }
}

function remedy(kind: AccountKind, path: string | undefined): string {
  const tool = kind === 'codex' ? 'Log in with "codex login"' : 'Log in with Kiro';
  const keyring =
    kind === 'codex' ? ', with cli_auth_credentials_store = "file" where Codex keeps it in a keyring' : '';
  const where = path === undefined ? ', or say where the file is' : '';
  return `${tool} first${keyring}${where}.`;
}
