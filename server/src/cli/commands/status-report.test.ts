import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { KeyView, StandingView } from '../../admin/contract/operation.ts';
import type { Status } from '../../admin/contract/status.ts';
import type { TotalsView } from '../../admin/contract/totals.ts';
import { placeOf, type StatusFacts, statusLines, statusReport } from './status-report.ts';

const NO_TIME = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };

const totals = (more: Partial<TotalsView> = {}): TotalsView => ({
  requests: 100,
  errors: 1,
  left: 0,
  attempts: 101,
  tokens: {
    inputUncached: 1_000,
    cacheRead: 9_000,
    cacheWrite: 500,
    inputAudio: 0,
    outputText: 700,
    outputReasoning: 300,
    outputAudio: 0,
  },
  costNanoUsd: 1_234_000_000,
  costUsd: 1.234,
  estimatedNanoUsd: 0,
  unpriced: 0,
  cacheHits: 0,
  savedNanoUsd: 0,
  savedUsd: 0,
  bytesIn: 0,
  bytesOut: 0,
  duration: NO_TIME,
  ttft: NO_TIME,
  ...more,
});

const status = (more: Partial<Status> = {}): Status => ({
  service: 'sluice',
  version: '1.2.3',
  node: 'v24.21.0',
  startedAtMs: 0,
  uptimeMs: 7_500_000,
  demo: false,
  ready: true,
  file: '/etc/sluice/sluice.jsonc',
  notices: [],
  inFlight: 3,
  waiting: 1,
  upstreams: 2,
  clients: 1,
  ledger: { waiting: 0, lost: 0 },
  storage: { rows: 1, bytes: 2_097_152, freeBytes: 0, summedPart: 1, oldestMs: null, newestMs: null },
  cache: null,
  process: { rssBytes: 104_857_600, heapBytes: 0, cpuSeconds: 0, loopDelayMeanMs: 1, loopDelayP99Ms: 2 },
  parts: { archive: true },
  ...more,
});

const standing = (state: StandingView['state'], scope: StandingView['scope'] = 'key'): StandingView => ({
  scope,
  state,
  reason: 'rate-limited',
  why: 'The provider asks to wait.',
  sinceAtMs: 0,
});

const key = (keyId: string, standings: readonly StandingView[] = [], disabled = false): KeyView => ({
  upstreamId: 'one',
  keyId,
  last4: 'abcd',
  disabled,
  standings,
  inFlight: 0,
  use: [],
});

const facts = (more: Partial<StatusFacts> = {}): StatusFacts => ({
  origin: 'http://127.0.0.1:9208',
  status: status(),
  today: totals(),
  keys: [key('k_1')],
  ...more,
});

describe('the status of a gateway', () => {
  test('a gateway that is well has nothing unwell, and tells what it does', () => {
    const report = statusReport(facts());
    expect(report.unwell).toEqual([]);
    expect(report).toMatchObject({
      version: '1.2.3',
      inFlight: 3,
      today: { requests: 100, inputTokens: 10_500, outputTokens: 1_000, costNanoUsd: 1_234_000_000 },
      keys: { ready: 1, cooling: 0, quarantined: 0 },
    });
    const text = statusLines(report, picocolors.createColors(false)).join('\n');
    expect(text).toContain('Sluice 1.2.3 http://127.0.0.1:9208, up 2 h 5 min');
    expect(text).toContain('3 in flight, 1 waiting');
    expect(text).toContain('10.5K tokens in, 1,000 out, $1.23');
  });

  test('every key is counted once, by the worst that stands against it as a whole', () => {
    const keys = [
      key('ready'),
      key('model', [standing('cooling', 'model')]),
      key('cooling', [standing('cooling'), standing('closed')]),
      key('open', [standing('open', 'upstream')]),
      key('bad', [standing('cooling'), standing('quarantined')]),
      key('off', [standing('quarantined')], true),
    ];
    expect(keys.map(placeOf)).toEqual(['ready', 'ready', 'cooling', 'resting', 'quarantined', 'disabled']);
    expect(statusReport(facts({ keys })).keys).toEqual({
      ready: 2,
      cooling: 1,
      resting: 1,
      quarantined: 1,
      disabled: 1,
    });
  });

  test('what is unwell is said in sentences', () => {
    const unwell = (more: Partial<StatusFacts>): string => statusReport(facts(more)).unwell.join(' ');
    expect(unwell({ status: status({ ready: false }) })).toMatch(/no new requests/);
    expect(unwell({ status: status({ ledger: { waiting: 0, lost: 7 } }) })).toMatch(/7 rows .* lost/);
    expect(unwell({ status: status({ storage: null }) })).toMatch(/ledger does not answer/);
    expect(unwell({ today: totals({ errors: 50 }) })).toMatch(/50 % of the requests/);
    expect(unwell({ today: totals({ unpriced: 2 }) })).toMatch(/price of 2 requests/);
    expect(unwell({ keys: [key('a', [standing('quarantined')])] })).toMatch(
      /No key is ready.*one\/a is in quarantine/,
    );
    expect(unwell({ status: status({ demo: true }) })).toMatch(/demo model/);
  });

  test('what the gateway did not say is left open and not made up', () => {
    const report = statusReport(facts({ today: undefined, keys: undefined }));
    expect([report.today, report.keys]).toEqual([null, null]);
    expect(statusLines(report, picocolors.createColors(false)).join('\n')).not.toMatch(/today|keys/);
  });
});
