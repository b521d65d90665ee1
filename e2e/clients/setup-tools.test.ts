// The real coding tools after `sluice setup` in a fresh home: each completes a prompt and writes a file on upstreams of
// every format.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../server/src/core/model/dialect-id.ts';
import { CONTENT, KEY, NOTE } from './agents.ts';
import { type Command, findClient } from './client.ts';
import { giveTask, SET_UP_TOOLS, type SetUpTool } from './setup-agents.ts';
import { DONE, GREETING, startFor } from './setup-start.ts';

const found: { readonly tool: SetUpTool; readonly command: Command }[] = [];
for (const tool of SET_UP_TOOLS) {
  const command = await findClient(tool.client);
  if (command !== undefined) found.push({ tool, command });
}
const pairs = found.flatMap(({ tool, command }) =>
  DIALECT_IDS.map((dialect): [string, DialectId, SetUpTool, Command] => [tool.title, dialect, tool, command]),
);

describe.skipIf(pairs.length === 0)('13.4–13.6 a tool that was set up', { timeout: 180_000 }, () => {
  test.each(pairs)('13.4–13.6 %s answers and writes a file on %s', async (_, dialect, tool, command) => {
    const { gateway, upstream, desk, sluice, target } = await startFor(tool, command, dialect);
    const set = await sluice('setup', tool.name, ...target);
    expect(set.stderr).toContain('The gateway answered (asked for');
    expect(set.code).toBe(0);
    expect(set.stdout + set.stderr).not.toContain(KEY);

    const hello = await giveTask(tool, desk, 'Say hello.');
    expect(upstream.refused).toEqual([]);
    expect(hello.stdout + (hello.code === 0 ? '' : hello.stderr)).toContain(GREETING);
    expect(hello.code).toBe(0);

    const task = await giveTask(tool, desk, `Write tool-ok into ${NOTE}.`);
    expect(upstream.refused).toEqual([]);
    expect(task.stdout + (task.code === 0 ? '' : task.stderr)).toContain(DONE);
    expect(task.code).toBe(0);
    expect(readFileSync(join(desk.project, NOTE), 'utf8')).toBe(CONTENT);

    const rows = await gateway.ledger((all) => (all.every((row) => row.state === 'done') ? all : undefined));
    // What the tool has written into its files meanwhile is no reason to leave ours there.
    const undone = await sluice('setup', '--undo');
    expect([undone.code, undone.stderr]).toEqual([0, expect.not.stringContaining('left alone')]);
    const status = await sluice('setup', 'status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject([{ tool: tool.client, url: null, by: null }]);
    expect(rows.filter((row) => row.model_asked === tool.model && row.status === 200).length).toBeGreaterThan(
      2,
    );
  });
});
