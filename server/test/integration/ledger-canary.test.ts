// Keys that get into fields where none belong must not come out of any sink: log file, terminal, ledger and its log.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { closing, opening } from '../stores/exchanges.ts';
import { temporaryFolder } from '../stores/folder.ts';

/** One key that is configured, and some that are only known by what they look like or where they stand. */
const KNOWN = 'CANARY/known+key=="quoted"';
const TEXTS: readonly string[] = [
  KNOWN,
  `model ${KNOWN} of ${encodeURIComponent(KNOWN)}`,
  'sk-ant-api03-CANARYshape0123456789',
  'Bearer CANARYbearer',
  'https://host/v1?key=CANARYquery&alt=sse',
  '{"x-api-key": "CANARYheader"}',
];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('a canary key', () => {
  it('is in no file that the gateway writes, whatever field it was put in', async () => {
    const folder = temporaryFolder();
    const redactor = createRedactor();
    redactor.know([KNOWN]);
    const created = createLog({
      level: 'debug',
      file: join(folder, 'sluice.log'),
      terminal: false,
      redactor,
    });
    const opened = await openLedger({
      path: join(folder, 'sluice.db'),
      retentionDays: 90,
      onTrouble: (message) => expect.unreachable(message),
      redact: redactor.redact,
    });
    if (!opened.ok || !created.ok) throw new Error('could not open');
    const { ledger } = opened;
    const { log } = created;
    for (const [i, text] of TEXTS.entries()) {
      const first = opening(`x${i}`, { conversationId: text, agentId: text });
      const last = closing(`x${i}`, { modelAsked: text, modelServed: text, status: 500 });
      ledger.open(first).close(last);
      log.exchange(first, last);
      log.error(text, { text, nested: { [text]: [text] }, error: new Error(text) });
    }
    await ledger.flush();
    await log.close();
    // Before the ledger is shut, so that its write-ahead log is looked at too.
    const files = filesBelow(folder);
    expect(files.length).toBeGreaterThanOrEqual(3);
    const all = files.map((path) => readFileSync(path, 'latin1')).join('\n');
    await ledger.shut();
    expect(all).toContain('[redacted]');
    expect(all).toContain('chat.completions');
    expect(all).not.toMatch(/CANARY/);
  });
});
