// Every tool that can be set up.

import type { Tool } from '../facts.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { geminiCli } from './gemini-cli.ts';
import { opencode } from './opencode.ts';

/** In the order in which they are listed. */
export const TOOLS: readonly Tool[] = [claudeCode, codex, opencode, geminiCli];

/** The tool of a name on the command line. */
export function findTool(name: string): Tool | undefined {
  return TOOLS.find(({ names }) => names.includes(name.toLowerCase()));
}
