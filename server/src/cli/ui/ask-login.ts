// What a login asks of the person at the terminal: to open a browser, and the address that one elsewhere was sent to.

import { createInterface } from 'node:readline';
import { openBrowser } from './open-browser.ts';

/** Asks the person. Tests give their own. */
export interface LoginDialogue {
  openBrowser(url: string): void;
  /** Hears the lines that are typed, until the answer is called. */
  hear(line: (text: string) => void): () => void;
}

/** The dialogue of the process. */
export function processLoginDialogue(): LoginDialogue {
  return {
    openBrowser,
    hear: (line) => {
      if (process.stdin.isTTY !== true) return () => undefined;
      const lines = createInterface({ input: process.stdin });
      lines.on('line', line);
      return () => lines.close();
    },
  };
}
