// sluice accounts list | quota | import | login | refresh | enable | disable | priority | remove

import { Command } from 'commander';
import { type LoginDialogue, processLoginDialogue } from '../ui/ask-login.ts';
import { liveSubCommand } from '../ui/sub-command.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { orderAccount, removeAccount, switchAccount } from './accounts-change.ts';
import { importAccount } from './accounts-import.ts';
import { type ListFlags, listAccounts, showQuota } from './accounts-list.ts';
import { type LoginFlags, loginAccount } from './accounts-login.ts';
import { refreshAccount } from './accounts-refresh.ts';
import type { AccountFlags, StoreFlags } from './accounts-setting.ts';

const ACCOUNT = 'its id, its name, or upstream/id';

function sub(parent: Command, name: string, description: string): Command {
  return liveSubCommand(parent, name, description, 'use the accounts of this configuration');
}

function storing(command: Command): Command {
  return command
    .option('--upstream <id>', 'the upstream whose account it is, where there are several')
    .option('--name <name>', 'what to call the account')
    .option('--priority <number>', 'accounts of higher priority are used first; 0 unless said')
    .option('--proxy <url>', 'a proxy for this account alone')
    .option('--proxy-env <name>', 'the same, read from this variable: for proxies with a password')
    .option('--no-test', 'do not ask the provider for the quota of the account');
}

/** The `accounts` command with its sub-commands. */
export function accountsCommand(
  terminal: Terminal = processTerminal(),
  dialogue: LoginDialogue = processLoginDialogue(),
): Command {
  const command = new Command('accounts').description(
    'use your own logins of Codex and Kiro in the place of keys',
  );
  sub(command, 'list', 'show every account and how it stands')
    .option('--quota', 'ask the providers what is left of each')
    .action((_options: unknown, self: Command) => listAccounts(terminal, self.optsWithGlobals<ListFlags>()));
  sub(command, 'quota', 'ask the providers what is left; without an argument, of every account')
    .argument('[account]', ACCOUNT)
    .action((account: string | undefined, _options: unknown, self: Command) =>
      showQuota(terminal, account, self.optsWithGlobals<AccountFlags>()),
    );
  storing(sub(command, 'import', 'store the login that the tool of the provider keeps on this machine'))
    .argument('<kind>', 'codex or kiro')
    .argument('[path]', 'the file of the login, where it is not at its usual place')
    .action((kind: string, path: string | undefined, _options: unknown, self: Command) =>
      importAccount(terminal, kind, path, self.optsWithGlobals<StoreFlags>()),
    );
  storing(sub(command, 'login', 'log in with a browser, and store that login'))
    .argument('<kind>', 'codex')
    .option('--open', 'open the browser')
    .option('--timeout <seconds>', 'how long to wait; 600 unless said')
    .option('--callback-port <number>', 'where the browser comes back to; 1455 or 1457 unless said')
    .action((kind: string, _options: unknown, self: Command) =>
      loginAccount(terminal, dialogue, kind, self.optsWithGlobals<LoginFlags>()),
    );
  const act = (
    name: string,
    description: string,
    action: (account: string, flags: AccountFlags) => Promise<void>,
  ): void => {
    sub(command, name, description)
      .argument('<account>', ACCOUNT)
      .action((account: string, _options: unknown, self: Command) =>
        action(account, self.optsWithGlobals<AccountFlags>()),
      );
  };
  act('refresh', 'renew the login of an account now', (account, flags) =>
    refreshAccount(terminal, account, flags),
  );
  act('enable', 'put an account back into use', (account, flags) =>
    switchAccount(terminal, account, flags, false),
  );
  act('disable', 'take an account out of use', (account, flags) =>
    switchAccount(terminal, account, flags, true),
  );
  act('remove', 'forget an account and its login', (account, flags) =>
    removeAccount(terminal, account, flags),
  );
  sub(command, 'priority', 'say which accounts are used first')
    .argument('<account>', ACCOUNT)
    .argument('<number>', 'higher comes first')
    .action((account: string, priority: string, _options: unknown, self: Command) =>
      orderAccount(terminal, account, priority, self.optsWithGlobals<AccountFlags>()),
    );
  return command;
}
