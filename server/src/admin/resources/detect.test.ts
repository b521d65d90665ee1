import { expect, test } from 'vitest';
import { settingsOf } from '../../../test/kit/gateway.ts';
import { collect } from '../described.ts';
import type { AdminParts, FoundServer } from '../parts.ts';
import { registerDetect } from './detect.ts';

test('looks once where many ask at once, and again for whoever asks later', async () => {
  const found: ((servers: readonly FoundServer[]) => void)[] = [];
  const parts: Pick<AdminParts, 'settings' | 'localServers'> = {
    settings: () => settingsOf({ upstreams: [] }),
    localServers: () => new Promise((resolve) => found.push(resolve)),
  };
  const app = collect();
  // The endpoint asks for nothing else.
  registerDetect(app, parts as AdminParts);
  const [route] = app.routes;
  // Nothing of the call is read.
  const ask = (): Promise<unknown> => route?.run({} as never) ?? Promise.reject(new Error('no route'));
  const both = [ask(), ask()];
  expect(found).toHaveLength(1);
  found[0]?.([]);
  const nothing = { ok: true, body: { environment: [], local: [] } };
  expect(await Promise.all(both)).toEqual([nothing, nothing]);
  const later = ask();
  expect(found).toHaveLength(2);
  found[1]?.([]);
  expect(await later).toEqual(nothing);
});
