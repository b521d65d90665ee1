// Opens an address in the person's browser.

import { spawn } from 'node:child_process';

/** Starts the program that opens addresses on this system; where there is none, the printed link has to do. */
export function openBrowser(url: string): void {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['explorer.exe', [url]]
        : ['xdg-open', [url]];
  const started = spawn(command, args, { detached: true, stdio: 'ignore' });
  started.on('error', () => undefined);
  started.unref();
}
