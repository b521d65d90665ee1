// sluice completion: a script that makes a shell complete commands and options.

import { Argument, Command } from 'commander';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { powershellCompletion } from './completion-powershell.ts';
import { completionPlaces } from './completion-tree.ts';
import { zshCompletion } from './completion-zsh.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, typeof bashCompletion>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** The `completion` command. It completes whatever stands beside it in the same program. */
export function completionCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .addHelpText(
      'after',
      `
bash:        eval "$(sluice completion bash)"            (in ~/.bashrc)
zsh:         eval "$(sluice completion zsh)"             (in ~/.zshrc, after compinit)
fish:        sluice completion fish | source             (in ~/.config/fish/config.fish)
powershell:  sluice completion powershell | Out-String | Invoke-Expression   (in $PROFILE)`,
    )
    .action((shell: Shell, _options: unknown, self: Command) => {
      // Without a program around it, it knows itself alone.
      const places = completionPlaces(self.parent ?? self, 'serve');
      terminal.out(SCRIPTS[shell](places));
    });
}
