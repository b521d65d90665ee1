// A long queue before many keys: whatever ends lets everybody who waits be asked again, and that must not cost the number
// of keys times the number of those who wait.

import { expect, onTestFinished, test, vi } from 'vitest';
import { Member } from '../../src/exchange/pool/member.ts';
import { settingsOf } from '../kit/gateway.ts';
import { print, SimulatedGateway } from '../kit/simulated-gateway.ts';
import { SimulatedProvider } from '../kit/simulated-provider.ts';
import { seeded, VirtualTime } from '../kit/virtual-time.ts';

const KEYS = 100;
const RPM = 6;
const WAITING = 900;
const MINUTES = 3;

test('7.8 a thousand who wait for a hundred keys are served with a few looks at each key', async () => {
  const looks = vi.spyOn(Member.prototype, 'shortage');
  onTestFinished(() => looks.mockRestore());
  const time = new VirtualTime();
  const random = seeded(1);
  const secrets = Array.from({ length: KEYS }, (_, key) => `sk-${key}`);
  const provider = new SimulatedProvider(time, {
    id: 'one',
    keys: Object.fromEntries(secrets.map((secret) => [secret, { rpm: RPM }])),
    networkMs: () => 10,
    firstOutputMs: () => 500 * random(),
    outputMs: () => 3_000 * random(),
  });
  const settings = settingsOf({
    upstreams: [
      {
        id: 'one',
        origin: 'http://one.test',
        secrets,
        keyLimits: { rpm: RPM },
        timeouts: { totalMs: 900_000 },
      },
    ],
    route: { onExhausted: 'wait' },
    queue: { maxWaitMs: 600_000, maxSize: 10_000, maxPerClient: 10_000 },
  });
  const gateway = new SimulatedGateway(time, settings, [provider], random);
  for (let n = 0; n < KEYS * RPM + WAITING; n += 1) time.after(10_000 * random(), () => gateway.ask({}));
  await time.run(60_000);
  const before = provider.served.length;
  looks.mockClear();
  for (let n = 0; n < KEYS * RPM * MINUTES; n += 1)
    time.after(MINUTES * 60_000 * random(), () => gateway.ask({}));
  await time.run(MINUTES * 60_000);
  const served = provider.served.length - before;
  const each = looks.mock.calls.length / served;
  const { size } = gateway.memory.waiting;
  print(
    `${KEYS} keys, ${size} wait: ${served} served in ${MINUTES} min, ${each.toFixed(0)} looks at a key each`,
  );
  expect(size).toBeGreaterThan(800);
  expect(served).toBeGreaterThanOrEqual(0.95 * KEYS * RPM * MINUTES);
  expect(each).toBeLessThan(20 * KEYS);
});
