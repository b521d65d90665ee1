import { expect, test } from 'vitest';
import { settingsOf } from '../../../test/kit/gateway.ts';
import { codex } from '../../core/providers/codex.ts';
import { endOf } from './json-web-token.ts';
import { askQuota } from './renewal.ts';

test('moments that no calendar has are none, whoever says them', async () => {
  const claims = Buffer.from(JSON.stringify({ exp: 1e300 })).toString('base64url');
  expect(endOf(`a.${claims}.c`, 60, 0)).toBeUndefined();
  expect(endOf('a.b.c', 1e300, 0)).toBeUndefined();
  expect(endOf('a.b.c', 60, 1_000)).toBe(61_000);

  const [upstream] = settingsOf({
    upstreams: [{ id: 'codex', origin: 'http://vendor', provider: codex }],
  }).upstreams;
  if (upstream === undefined) throw new Error('no upstream');
  const windows = { primary_window: { used_percent: 1, reset_at: 1e300 } };
  const transport = {
    send: (_: unknown, sink: Parameters<Parameters<typeof askQuota>[0]['send']>[1]) => {
      queueMicrotask(() => {
        sink.head(200, [], undefined);
        sink.data(Buffer.from(JSON.stringify({ rate_limit: windows })));
        sink.end();
      });
      return { resume: () => undefined, abort: () => undefined };
    },
  };
  const tokens = { accessToken: 'access-1', refreshToken: 'refresh-1' };
  expect(await askQuota(transport, { upstream }, { tokens, proxy: undefined })).toEqual({
    windows: [{ name: 'quota', usedPercent: 1 }],
  });
});
