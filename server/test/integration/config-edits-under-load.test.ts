// Changes of the configuration while requests are served: none fails, and what is known of keys and limits stays.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createConfigEditor } from '../../src/config/edit/editor.ts';
import { createLiveSettings, readSettings } from '../../src/config/live-settings.ts';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const wire = wires['openai-chat'];
const EDITS = 25;

describe('26 changes of the configuration under load', () => {
  test('14.6 fail no request, and forget neither who is cooling nor what is used up', {
    timeout: 60_000,
  }, async () => {
    const upstream = await provider((turn) => {
      const key = turn.request.header('authorization');
      if (key === 'Bearer sk-tired-00000001')
        turn.whole(429, '{"error":{"message":"x"}}', { 'Retry-After': '600' });
      else setTimeout(() => turn.healthy(), 5);
    });
    const folder = mkdtempSync(join(tmpdir(), 'sluice-load-'));
    const file = join(folder, 'sluice.jsonc');
    writeFileSync(
      file,
      `{
  // under load
  "upstreams": [
    {
      "id": "one", "provider": "openai-compatible", "baseUrl": "${upstream.origin}/v1",
      "keys": ["\${TIRED}", "\${LIMITED}", "\${AWAKE}"], "priority": 0,
      "modelLimits": { "scarce": { "rpd": 2 } },
    },
  ],
  "routing": { "order": "round_robin", "affinity": false },
}
`,
      { mode: 0o600 },
    );
    const env = {
      TIRED: 'sk-tired-00000001',
      LIMITED: 'sk-limited-000001',
      AWAKE: 'sk-awake-00000001',
    };
    const read = () => readSettings(file, { env, home: folder });
    const initial = await read();
    if (!initial.ok) throw new Error(JSON.stringify(initial.problems));
    const live = createLiveSettings({ initial, read });
    const gateway = await gatewayWith({ upstreams: [] });
    const serve = (): void => {
      gateway.settings = { ...live.current(), server: gateway.settings.server };
    };
    serve();
    live.onSwap(serve);
    const editor = createConfigEditor({
      file: () => file,
      env,
      home: folder,
      reload: () => live.reload(),
      dataFolder: join(folder, 'data'),
    });

    // Two keys are not cooling, and each may serve this model twice.
    const scarce = async (): Promise<number> =>
      (await ask(gateway.port, wire.request('scarce', false, 'Hello'))).status;
    for (let i = 0; i < 4; i++) expect(await scarce()).toBe(200);

    // The tired key has said so once for this model before the load begins.
    for (let i = 0; i < 3; i++) await ask(gateway.port, wire.request('m', false, 'Hello'));
    const tiredTurns = (): number =>
      upstream.turns.filter(({ request }) => request.header('authorization') === 'Bearer sk-tired-00000001')
        .length;
    const tiredBefore = tiredTurns();
    expect(tiredBefore).toBeGreaterThan(0);

    let busy = true;
    const load = Array.from({ length: 6 }, async (_, worker) => {
      let count = 0;
      while (busy) {
        const stream = (count++ + worker) % 2 === 0;
        const answer = await ask(gateway.port, wire.request('m', stream, 'Hello'));
        const understood = wire.understand(answer.text(), stream);
        expect(understood).toEqual({ text: ANSWER, complete: true, error: undefined });
      }
      return count;
    });
    for (let round = 1; round <= EDITS; round++) {
      const path = ['upstreams', 0, 'priority'];
      const result = await editor.change([{ path, value: round }], { by: 'test' });
      expect(result).toMatchObject({ ok: true, reload: { swapped: true } });
      expect(gateway.settings.upstreams[0]?.priority).toBe(round);
    }
    busy = false;
    const total = (await Promise.all(load)).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(EDITS);
    expect(gateway.closed.filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
    expect(tiredTurns()).toBe(tiredBefore);
    expect(await scarce()).toBe(429);
    expect((await editor.history()).length).toBe(EDITS + 1);
  });
});
