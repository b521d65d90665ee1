import { describe, expect, test } from 'vitest';
import { hideSecrets } from './show-diff.ts';

describe('a line of a diff', () => {
  test.each([
    ['+    "ANTHROPIC_AUTH_TOKEN": "sk-sluice-abc",', '+    "ANTHROPIC_AUTH_TOKEN": "••••••••",'],
    ['-GEMINI_API_KEY=plainword', '-GEMINI_API_KEY=••••••••'],
    ["+experimental_bearer_token = 'it is'", "+experimental_bearer_token = '••••••••'"],
    [' "headers": { "Authorization": "Bearer abc" }', ' "headers": { "Authorization": "••••••••" }'],
    [' args = ["--with", "sk-proj-0123456789abcdef"]', ' args = ["--with", "••••••••"]'],
    [' args = ["--api-key", "plain word", "-v"]', ' args = ["--api-key", "••••••••", "-v"]'],
    [' DATABASE_URL=postgres://me:hunter2@host/db', ' DATABASE_URL=postgres://me:••••••••@host/db'],
    ['   "X-Custom": "Bearer abc.def"', '   "X-Custom": "Bearer ••••••••"'],
    ['   "password": "it\\"s", "b": 1', '   "password": "••••••••", "b": 1'],
  ])('shows no secret: %s', (line, wanted) => {
    expect(hideSecrets(line, 'sluice')).toBe(wanted);
  });

  test.each([
    '+    "ANTHROPIC_AUTH_TOKEN": "sluice"',
    '+    "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "131072"',
    '     "apiKey": "{env:SLUICE_API_KEY}"',
    ' env_key = "OPENAI_API_KEY"',
    '+base_url = "http://127.0.0.1:9208/v1"',
    '   "selectedType": "gemini-api-key"',
  ])('shows what is none: %s', (line) => {
    expect(hideSecrets(line, 'sluice')).toBe(line);
  });
});
