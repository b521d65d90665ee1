import { describe, expect, test } from 'vitest';
import { hideForGood, hideSecrets, restoreSecrets, secretSpans } from './secret-text.ts';

const FILE = `{
  // the old one was sk-old-CANARY-000000000001
  "clients": [{ "id": "me", "key": "client-CANARY-0001" }, { "id": "h", "keyHash": "sha256:${'ab'.repeat(32)}" }],
  "upstreams": [
    {
      "id": "a",
      "provider": "openai",
      "keys": ["plain CANARY", "\${OPENAI_API_KEY}", { "key": "sk-CANARY-2", "name": "two" }],
      "headers": { "x-token": "CANARY-3" },
      "proxy": "http://user:CANARY-4@proxy:8080",
      "baseUrl": "https://host/v1?api-version=2024&code=CANARY-5",
    },
  ],
}`;

describe('the text of a configuration', () => {
  test('24 shows no secret, neither in values nor in comments, and all else', () => {
    const shown = hideSecrets(FILE);
    expect(shown).not.toContain('CANARY');
    for (const kept of ['${OPENAI_API_KEY}', '"name": "two"', 'sha256:abab', '"provider": "openai"'])
      expect(shown).toContain(kept);
    expect(hideForGood(FILE)).not.toContain('CANARY');
    expect(secretSpans(FILE)).toHaveLength(7);
  });

  test('gets its secrets back when it comes back', () => {
    const back = restoreSecrets(hideSecrets(FILE).replace('"two"', '"zwei"'), FILE);
    expect(back.ok && back.text).toBe(FILE.replace('"two"', '"zwei"'));
  });

  test('is refused where something hidden stands for nothing', () => {
    for (const wrong of ['"••••"', '"••••99"', '"my ••••2"', '"••••1"'])
      expect(restoreSecrets(hideSecrets(FILE).replace('"a"', wrong), FILE).ok).toBe(false);
    expect(restoreSecrets(hideForGood(FILE), FILE).ok).toBe(false);
  });

  test('that is broken shows no key either', () => {
    const broken = '{ "upstreams": [ { "keys": "sk-CANARY-000000000001" "x": "sk-CANARY-000000000002" ';
    expect(hideSecrets(broken)).not.toContain('CANARY');
  });
});
