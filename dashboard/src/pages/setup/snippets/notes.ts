// What people get wrong with a library or tool, by the name of the message that says it.

import type { setupMessages } from '../messages.ts';
import type { SnippetId } from './facts.ts';

type Note = Extract<keyof (typeof setupMessages)['en'], `note${string}`>;

export const NOTES: Readonly<Partial<Record<SnippetId, Note>>> = {
  'openai-python': 'noteOpenai',
  'openai-typescript': 'noteOpenai',
  'langchain-python': 'noteOpenai',
  'langchain-typescript': 'noteOpenai',
  'anthropic-python': 'noteAnthropic',
  'anthropic-typescript': 'noteAnthropic',
  'google-python': 'noteGoogle',
  'google-typescript': 'noteGoogle',
  'claude-code': 'noteClaudeCode',
  codex: 'noteCodex',
  opencode: 'noteOpencode',
  'gemini-cli': 'noteGeminiCli',
  cursor: 'noteCursor',
  cline: 'noteOpenai',
  continue: 'noteContinue',
  aider: 'noteAider',
  zed: 'noteZed',
};
