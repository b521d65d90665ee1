import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const module = new URL('./parent.mjs', import.meta.url).href;

/** A shell that starts a server-like process and waits for it, as npm does; resolves when the process runs. */
async function startBelowShell(): Promise<{ shell: ReturnType<typeof spawn>; output: () => string }> {
  const program = `import { endWithParent } from '${module}';
    process.on('SIGTERM', () => { console.log('stopped'); process.exit(0); });
    endWithParent();
    setInterval(() => {}, 1000);
    console.log('up');`;
  const shell = spawn('sh', ['-c', '"$NODE" --input-type=module -e "$PROGRAM"; true'], {
    env: { ...process.env, NODE: process.execPath, PROGRAM: program },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  shell.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  while (!text.includes('up')) await once(shell.stdout, 'data');
  return { shell, output: () => text };
}

test.skipIf(process.platform === 'win32')(
  'a server stops in good order when the shell above it is killed',
  async () => {
    const { shell, output } = await startBelowShell();
    shell.kill('SIGKILL');
    // The pipe closes when the last process that holds it has ended.
    await once(shell, 'close');
    expect(output()).toBe('up\nstopped\n');
  },
);
