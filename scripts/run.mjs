// Runs a command to its end. Standard input is never passed on: nothing that is run here asks questions.

import { spawn } from 'node:child_process';

/** Tools colour what a person sees, also when it passes through here, and nothing that goes to a file. */
export const colours = /** @type {Record<string, string>} */ (
  process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }
);

/**
 * How a command ended. `output` holds both of its streams in order, and is empty when they were shown instead.
 * @typedef {{ code: number, output: string, durationMs: number }} Ending
 */

/**
 * Never rejects: a command that cannot be started ends with code 127 and says why.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ cwd: string, show: boolean, environment?: Record<string, string> }} options `show`: print its output as it comes
 * @returns {Promise<Ending>}
 */
export function run(command, parameters, { cwd, show, environment }) {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, parameters, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      // On Windows npm is a batch file, which only a shell can start. Every parameter is a constant of ours.
      shell: process.platform === 'win32' && command === 'npm',
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    /** @param {number} code */
    const end = (code) => resolve({ code, output, durationMs: performance.now() - startedMs });
    child.on('error', (error) => {
      output += `${command} could not be started: ${error.message}\n`;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}
