// Tools that one command of the gateway's own sets up, and gives back as they were.

import { type SnippetFacts, type SnippetId, shellWord } from './facts.ts';

/** What the command calls them. */
const NAMES: Readonly<Partial<Record<SnippetId, string>>> = {
  'claude-code': 'claude',
  codex: 'codex',
  opencode: 'opencode',
  'gemini-cli': 'gemini',
};

/** The command that sets a tool up; undefined where there is none. */
export function setupCommand(id: SnippetId, { origin, model, key }: SnippetFacts): string | undefined {
  const name = NAMES[id];
  if (name === undefined) return undefined;
  const words = ['sluice', 'setup', name, '--url', shellWord(origin), '--model', shellWord(model)];
  // In the history of a shell a variable is no better hidden, but other users of the machine do not see it.
  const before = key === undefined ? '' : `SLUICE_API_KEY=${shellWord(key)} `;
  return `${before}${words.join(' ')}`;
}

/** The command that takes it back. */
export function undoCommand(id: SnippetId): string {
  return `sluice setup --undo ${NAMES[id] ?? ''}`.trim();
}
