// sluice clients list | add | enable | disable | revoke

import { Command, InvalidArgumentError } from 'commander';
import { BUDGET_PERIODS, type BudgetPeriod } from '../../core/budgets/budget.ts';
import { subCommand } from '../ui/sub-command.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { addClient, type NewClient, revokeClient, switchClient } from './clients-change.ts';
import type { ClientFlags } from './clients-flags.ts';
import { listClients } from './clients-list.ts';

function sub(parent: Command, name: string, description: string): Command {
  return subCommand(parent, name, description, 'use this file');
}

const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** "25/month" → what may be spent in which period. */
function budgetOf(value: string, before: NewClient['budget'] = []): NewClient['budget'] {
  const [amount = '', period = ''] = value.split('/');
  const usd = /^\d+(?:\.\d+)?$/.test(amount) ? Number(amount) : Number.NaN;
  const known = BUDGET_PERIODS.find((one): one is BudgetPeriod => one === period);
  if (Number.isNaN(usd) || known === undefined)
    throw new InvalidArgumentError(`Write it as in 25/month; periods are ${BUDGET_PERIODS.join(', ')}.`);
  return [...before, { period: known, usd }];
}

/** The `clients` command with its sub-commands. */
export function clientsCommand(terminal: Terminal = processTerminal()): Command {
  const command = new Command('clients').description('list, add and lock out those who may call the gateway');
  sub(command, 'list', 'show every client, what it may use and spend').action(
    (_options: unknown, self: Command) => listClients(terminal, self.optsWithGlobals<ClientFlags>()),
  );
  sub(command, 'add', 'make a client with a key, which is shown this once')
    .argument('<id>', 'what the ledger calls it: letters, digits, ".", "_" and "-"')
    .option('--name <name>', 'what people call it')
    .option('--budget <usd/period>', 'what it may spend, as in 25/month; may be repeated', budgetOf)
    .option('--model <glob>', 'a model that it may use; may be repeated', repeated)
    .option('--upstream <glob>', 'an upstream that it may use; may be repeated', repeated)
    .option('--expires <moment>', 'when its key stops working, as in 2027-01-31T18:00:00Z')
    .action((id: string, _options: unknown, self: Command) =>
      addClient(terminal, id, self.optsWithGlobals<ClientFlags & NewClient>()),
    );
  const act = (
    name: string,
    description: string,
    action: (id: string, flags: ClientFlags) => Promise<void>,
  ): void => {
    sub(command, name, description)
      .argument('<id>', 'its id')
      .action((id: string, _options: unknown, self: Command) =>
        action(id, self.optsWithGlobals<ClientFlags>()),
      );
  };
  act('enable', 'let a client in again', (id, flags) => switchClient(terminal, id, flags, true));
  act('disable', 'lock a client out; its entry stays', (id, flags) =>
    switchClient(terminal, id, flags, false),
  );
  act('revoke', 'take a client out of the configuration, with its key', (id, flags) =>
    revokeClient(terminal, id, flags),
  );
  return command;
}
