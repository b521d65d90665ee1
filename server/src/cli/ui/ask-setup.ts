// The questions of `sluice setup`.

import { confirm, isCancel, multiselect } from '@clack/prompts';

/** A tool that can be chosen. */
export interface ToolChoice {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
}

/** How a person is asked. Tests give their own. */
export interface SetupDialogue {
  /** undefined: the person gave up. */
  chooseTools(choices: readonly ToolChoice[]): Promise<readonly string[] | undefined>;
  /** False also where the person gave up. */
  agrees(question: string): Promise<boolean>;
}

/** The dialogue on the terminal of the process. */
export function setupDialogue(): SetupDialogue {
  return {
    chooseTools: async (choices) => {
      const options = choices.map(({ id, title, hint }) => ({ value: id, label: title, hint }));
      const chosen = await multiselect({ message: 'Which tools are to use the gateway?', options });
      return isCancel(chosen) ? undefined : chosen;
    },
    agrees: async (message) => {
      const answer = await confirm({ message });
      return !isCancel(answer) && answer;
    },
  };
}
