// Where a key comes from: a person who types it unseen, or a program that pipes it in. Never the command line, which
// other users and the history of the shell can see.

import { isCancel, password, select } from '@clack/prompts';

/** Most of standard input that is read for a key, in bytes. */
const MOST_BYTES = 64 * 1024;

/** An upstream that a key can be added to. */
export interface UpstreamChoice {
  readonly id: string;
  readonly hint: string;
}

/** How keys are asked for. Tests give their own. */
export interface KeyDialogue {
  /** undefined: the person gave up. */
  chooseUpstream(choices: readonly UpstreamChoice[]): Promise<string | undefined>;
  askSecret(upstream: string, fault: (secret: string) => string | undefined): Promise<string | undefined>;
  /** Everything on standard input; undefined where that is a terminal. */
  piped(): Promise<string | undefined>;
}

/** The dialogue on the terminal of the process. */
export function processDialogue(): KeyDialogue {
  return {
    chooseUpstream: async (choices) => {
      const options = choices.map(({ id, hint }) => ({ value: id, label: id, hint }));
      const chosen = await select({ message: 'Whose key is it?', options, maxItems: 12 });
      return isCancel(chosen) ? undefined : chosen;
    },
    askSecret: async (upstream, fault) => {
      const typed = await password({
        message: `The key for ${upstream} (it is not shown):`,
        mask: '•',
        validate: (value) => fault((value ?? '').trim()),
      });
      return isCancel(typed) ? undefined : typed.trim();
    },
    piped: readInput,
  };
}

async function readInput(): Promise<string | undefined> {
  if (process.stdin.isTTY === true) return undefined;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin) {
    const piece = Buffer.from(part);
    bytes += piece.length;
    if (bytes > MOST_BYTES) break;
    parts.push(piece);
  }
  return Buffer.concat(parts).toString('utf8');
}
