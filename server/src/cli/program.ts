// The command line: one program, one file per command. Commands are loaded when they are called, so that starting the
// gateway does not pay for the others.

import { Command } from 'commander';
import { version } from '../version.ts';
import { endWithReader } from './ui/closed-output.ts';
import { unknownCommand } from './unknown-command.ts';

/** Runs the command line. `sluice` alone serves. */
export async function run(argv: readonly string[]): Promise<void> {
  const name = argv[2];
  const serving = name === undefined || name === 'serve' || name.startsWith('-');
  endWithReader([process.stdout, process.stderr], serving, (code) => process.exit(code));
  const program = new Command('sluice')
    .description(
      'The LLM gateway: one server between the programs that speak to language models and the providers that serve them.',
    )
    .version(version)
    .showHelpAfterError();

  const { serveCommand } = await import('./commands/serve.ts');
  program.addCommand(serveCommand(), { isDefault: true });
  // The other commands are needed only when one of them, or help, is asked for.
  if (
    name !== undefined &&
    name !== 'serve' &&
    name !== '--port' &&
    name !== '--host' &&
    name !== '--config'
  ) {
    const [init, config, usage, convert, keys, explain, prices, logs, capture, replay, dashboard, clients] =
      await Promise.all([
        import('./commands/init.ts'),
        import('./commands/config.ts'),
        import('./commands/usage.ts'),
        import('./commands/convert.ts'),
        import('./commands/keys.ts'),
        import('./commands/explain.ts'),
        import('./commands/prices.ts'),
        import('./commands/logs.ts'),
        import('./commands/capture.ts'),
        import('./commands/replay.ts'),
        import('./commands/dashboard.ts'),
        import('./commands/clients.ts'),
      ]);
    const commands = [
      init.initCommand(),
      config.configCommand(),
      usage.usageCommand(),
      convert.convertCommand(),
      keys.keysCommand(),
      explain.explainCommand(),
      prices.pricesCommand(),
      logs.logsCommand(),
      capture.captureCommand(),
      replay.replayCommand(),
      dashboard.dashboardCommand(),
      clients.clientsCommand(),
    ];
    for (const command of commands) program.addCommand(command);
    program.addCommand((await import('./commands/accounts.ts')).accountsCommand());
    program.addCommand((await import('./commands/service.ts')).serviceCommand());
    program.addCommand((await import('./commands/import.ts')).importCommand());
    program.addCommand((await import('./commands/setup.ts')).setupCommand());
    program.addCommand((await import('./commands/run.ts')).runCommand());
    program.addCommand((await import('./commands/ledger.ts')).ledgerCommand());
    const [doctor, status, rate, top, completion, updates] = await Promise.all([
      import('./commands/doctor.ts'),
      import('./commands/status.ts'),
      import('./commands/rate.ts'),
      import('./commands/top.ts'),
      import('./commands/completion.ts'),
      import('./commands/updates.ts'),
    ]);
    program.addCommand(doctor.doctorCommand());
    program.addCommand(status.statusCommand());
    program.addCommand(rate.rateCommand());
    program.addCommand(top.topCommand());
    program.addCommand(completion.completionCommand());
    program.addCommand(updates.updatesCommand());
    const unknown = unknownCommand(program, name);
    if (unknown !== undefined) {
      process.stderr.write(`${unknown}\n`);
      process.exitCode = 1;
      return;
    }
  }
  await program.parseAsync([...argv]);
}
