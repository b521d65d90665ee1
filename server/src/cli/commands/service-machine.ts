// What `sluice service` needs from the machine that it runs on, so that its tests need neither systemd nor launchd.

import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';

/** How a program ended. `output` holds what it printed on both of its streams. */
export interface Ended {
  /** 127 where it could not be started. */
  readonly code: number;
  readonly output: string;
}

/** This machine and the installation that runs now. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Absolute paths of Node.js and of the main.js of the installation. */
  readonly node: string;
  readonly main: string;
  /** Undefined where users have no numbers. */
  readonly userId: number | undefined;
  /** "" except in tests: what stands before /etc and /Library. */
  readonly root: string;
  /** Runs a program to its end. Never rejects. */
  run(program: string, args: readonly string[]): Promise<Ended>;
  /** True when a gateway says at this address that it lives. */
  answers(origin: string): Promise<boolean>;
  /** Resolves a little later; tests do not wait. */
  pause(): Promise<void>;
}

const PAUSE_MS = 250;
/** No question to systemd or launchd takes this long; stopping a gateway with exchanges in flight may take an hour. */
const RUN_LIMIT_MS = 3_700_000;

/** The machine of the process. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    node: process.execPath,
    main: realpathSync(process.argv[1] ?? ''),
    userId: process.getuid?.(),
    root: '',
    run,
    answers: async (origin) => {
      const { findGateway } = await import('../operator-client.ts');
      return (await findGateway(origin, undefined)) !== undefined;
    },
    pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
  };
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_LIMIT_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
