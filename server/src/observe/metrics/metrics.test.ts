import { describe, expect, onTestFinished, test } from 'vitest';
import { settingsOf } from '../../../test/kit/gateway.ts';
import { attempt, closing, opening } from '../../../test/stores/exchanges.ts';
import type { Cost } from '../../core/pricing/cost.ts';
import { METRICS } from '../../core/telemetry/metrics.ts';
import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import { createMetrics, type Metrics } from './metrics.ts';

function start(keyLabels = false): Metrics {
  const settings = {
    ...settingsOf({ upstreams: [{ id: 'anthropic', origin: 'http://x' }] }),
    metrics: { enabled: true, token: undefined, open: false, keyLabels },
  };
  const metrics = createMetrics({
    settings: () => settings,
    redact: (text) => text.replaceAll('SECRET', '[redacted]'),
  });
  onTestFinished(() => metrics.close());
  return metrics;
}

/** The value of a series; undefined where there is none. */
function seriesOf(page: string, series: string): number | undefined {
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

function count(
  { observer }: Metrics,
  more: Partial<LedgerClosing> = {},
  first: Partial<LedgerOpening> = {},
): void {
  observer.closed(
    opening('x', { receivedAtMs: 1_000, ...first }),
    closing('x', { endedAtMs: 3_000, ...more }),
  );
}

const COST: Cost = {
  state: 'exact',
  totalNanoUsd: 1_500_000,
  parts: {
    inputUncached: 1_500_000,
    cacheRead: 0,
    cacheWrite: 0,
    inputAudio: 0,
    outputText: 0,
    outputReasoning: 0,
    outputAudio: 0,
    other: 0,
  },
  priceRow: 'x',
};

describe('metrics', () => {
  test('10.9 an exchange is counted with its tokens, cost, times and attempts', async () => {
    const metrics = start();
    for (let i = 0; i < 3; i++)
      count(metrics, { cost: COST, firstOutputAtMs: 1_500, losses: 'seed=dropped, +2 more' });
    const page = await metrics.page();
    const labels = 'upstream="anthropic",model="claude-test-1"';
    expect(
      seriesOf(
        page,
        'sluice_requests_total{route="chat.completions",dialect_in="openai-chat",upstream="anthropic",model="claude-test-1",client="alice",status_class="2xx",error_code=""}',
      ),
    ).toBe(3);
    expect(seriesOf(page, `sluice_tokens_total{${labels},client="alice",kind="input_cache_read"}`)).toBe(120);
    expect(seriesOf(page, `sluice_tokens_total{${labels},client="alice",kind="input_cache_write"}`)).toBe(18);
    expect(seriesOf(page, `sluice_tokens_total{${labels},client="alice",kind="output_reasoning"}`)).toBe(21);
    expect(seriesOf(page, `sluice_cost_usd_total{${labels},client="alice",state="exact"}`)).toBeCloseTo(
      0.0045,
      12,
    );
    expect(seriesOf(page, 'sluice_attempts_total{upstream="anthropic",outcome="answered",reason=""}')).toBe(
      3,
    );
    expect(seriesOf(page, 'sluice_conversion_losses_total{feature="seed",action="dropped"}')).toBe(3);
    expect(seriesOf(page, `sluice_request_duration_seconds_sum{route="chat.completions",${labels}}`)).toBe(6);
    expect(seriesOf(page, `sluice_time_to_first_token_seconds_sum{${labels}}`)).toBe(1.5);
    expect(seriesOf(page, `sluice_time_to_first_token_seconds_bucket{${labels},le="0.5"}`)).toBe(3);
    expect(seriesOf(page, `sluice_time_to_first_token_seconds_bucket{${labels},le="0.25"}`)).toBe(0);
    expect(seriesOf(page, `sluice_time_per_output_token_seconds_count{${labels}}`)).toBe(3);
  });

  test('10.9 the names of OpenTelemetry are there, with the attributes that it asks for', async () => {
    const metrics = start();
    count(metrics, { firstOutputAtMs: 1_500 });
    const page = await metrics.page();
    const labels =
      'gen_ai_operation_name="chat",gen_ai_provider_name="plain",gen_ai_request_model="fast",gen_ai_response_model="claude-test-1"';
    expect(seriesOf(page, `gen_ai_client_token_usage_sum{${labels},gen_ai_token_type="input"}`)).toBe(146);
    expect(seriesOf(page, `gen_ai_client_token_usage_sum{${labels},gen_ai_token_type="output"}`)).toBe(57);
    expect(seriesOf(page, `gen_ai_server_request_duration_seconds_count{${labels},error_type=""}`)).toBe(1);
    expect(seriesOf(page, `gen_ai_server_time_to_first_token_seconds_count{${labels}}`)).toBe(1);
  });

  test('each attempt is counted with its reason, and the only one of an exchange by its error', async () => {
    const metrics = start();
    const tries = [
      attempt(1, { end: 'failed', reason: 'rate-limited', status: 429 }),
      attempt(2, { end: 'answered', reason: undefined }),
    ];
    count(metrics, { attempts: 2, tries });
    count(metrics, { status: 429, errorCode: 'upstream_error', usage: undefined });
    count(metrics, { status: 499, errorCode: 'client_closed', aborted: true });
    count(metrics, { status: 200, errorCode: 'upstream_timeout' });
    count(metrics, { attempts: 0, status: 401, upstreamId: undefined, errorCode: 'unauthenticated' });
    const page = await metrics.page();
    const attempts = page.split('\n').filter((line) => line.startsWith('sluice_attempts_total{'));
    expect(attempts.sort()).toEqual([
      'sluice_attempts_total{upstream="anthropic",outcome="answered",reason=""} 1',
      'sluice_attempts_total{upstream="anthropic",outcome="cut",reason="timeout"} 1',
      'sluice_attempts_total{upstream="anthropic",outcome="failed",reason="rate-limited"} 2',
      'sluice_attempts_total{upstream="anthropic",outcome="left",reason=""} 1',
    ]);
  });

  test('unpriced and estimated exchanges, cache and prompt cache are counted', async () => {
    const metrics = start();
    count(metrics, { cost: { ...COST, state: 'unpriced', totalNanoUsd: 0, priceRow: '' } });
    count(metrics, { usageEstimated: true, cache: 'miss', promptCache: 'message 3 changed' });
    count(metrics, { cache: 'hit', savedNanoUsd: 2_000_000 });
    const page = await metrics.page();
    const labels = 'upstream="anthropic",model="claude-test-1"';
    expect(seriesOf(page, `sluice_unpriced_requests_total{${labels}}`)).toBe(1);
    expect(seriesOf(page, `sluice_estimated_usage_requests_total{${labels}}`)).toBe(1);
    expect(seriesOf(page, `sluice_prompt_cache_breaks_total{${labels}}`)).toBe(1);
    expect(seriesOf(page, 'sluice_cache_requests_total{result="miss"}')).toBe(1);
    expect(seriesOf(page, 'sluice_cache_requests_total{result="hit"}')).toBe(1);
    expect(seriesOf(page, 'sluice_cache_saved_usd_total')).toBeCloseTo(0.002, 12);
  });

  test('names that clients make up are bounded, and hold no secrets', async () => {
    const metrics = start();
    count(metrics, { modelServed: 'real' });
    for (let i = 0; i < 5_000; i++)
      count(metrics, {
        modelAsked: `made-up-${i}`,
        modelServed: undefined,
        status: 404,
        errorCode: 'not_found',
      });
    count(metrics, { modelServed: 'model-SECRET', modelAsked: 'model-SECRET' });
    const page = await metrics.page();
    expect(page).toContain('model="real"');
    expect(page).toContain('model="other"');
    expect(page).toContain('model="model-[redacted]"');
    expect(page).not.toContain('SECRET');
    expect(page.split('\n').filter((line) => line.startsWith('sluice_requests_total{')).length).toBeLessThan(
      60,
    );
  });

  test('beyond the bound of label sets nothing is lost, only told apart less', async () => {
    const metrics = start();
    const exchanges = 3_000;
    for (let i = 0; i < exchanges; i++) count(metrics, {}, { clientId: `client-${i}` });
    const page = await metrics.page();
    const lines = page.split('\n').filter((line) => line.startsWith('sluice_requests_total{'));
    const sum = lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
    expect(sum).toBe(exchanges);
    expect(lines.length).toBeLessThanOrEqual(1_001);
    expect(seriesOf(page, 'sluice_metrics_label_sets')).toBeLessThanOrEqual(1_001);
  });

  test('the sources are asked when the page is read; one that fails takes none of the others with it', async () => {
    const metrics = start(true);
    let inFlight = 1;
    metrics.watch({
      version: '9.9.9',
      inFlight: () => inFlight,
      queued: () => {
        throw new Error('broken');
      },
      pool: () => ({
        upstreams: [{ upstreamId: 'a', state: 'free', inFlight: 4 }],
        keys: [
          { upstreamId: 'a', keyId: 'k1', state: 'free' },
          { upstreamId: 'a', keyId: 'k2', state: 'cooling' },
          { upstreamId: 'a', keyId: 'k3', state: 'free' },
        ],
        keyModels: [{ upstreamId: 'a', state: 'cooling', count: 2 }],
        limits: [{ upstreamId: 'a', level: 'key', kind: 'rpm', usedRatio: 0.75 }],
        clients: [{ clientId: 'alice', kind: 'tpm', usedRatio: 0.5 }],
      }),
      cache: () => Promise.resolve({ entries: 3, bytes: 4_096 }),
      ledger: () => ({ waiting: 5, lost: 6 }),
      budgets: () => [
        { client: 'alice', per: 'day', limitNanoUsd: 1e9, spentNanoUsd: 25e7, reservedNanoUsd: 1e8 },
      ],
      spans: () => ({ exported: 7, lost: 8 }),
      logLost: () => 9,
    });
    await metrics.page();
    inFlight = 2;
    const page = await metrics.page();
    expect(seriesOf(page, 'sluice_build_info{version="9.9.9"}')).toBe(1);
    expect(seriesOf(page, 'sluice_requests_in_flight')).toBe(2);
    expect(seriesOf(page, 'sluice_queue_length')).toBeUndefined();
    expect(seriesOf(page, 'sluice_keys{upstream="a",state="free"}')).toBe(2);
    expect(seriesOf(page, 'sluice_keys{upstream="a",state="cooling"}')).toBe(1);
    expect(seriesOf(page, 'sluice_key_state{upstream="a",key="k2",state="cooling"}')).toBe(1);
    expect(seriesOf(page, 'sluice_key_models_resting{upstream="a",state="cooling"}')).toBe(2);
    expect(seriesOf(page, 'sluice_upstream_requests_in_flight{upstream="a"}')).toBe(4);
    expect(seriesOf(page, 'sluice_limit_used_ratio{upstream="a",level="key",kind="rpm"}')).toBe(0.75);
    expect(seriesOf(page, 'sluice_client_limit_used_ratio{client="alice",kind="tpm"}')).toBe(0.5);
    expect(seriesOf(page, 'sluice_cache_bytes')).toBe(4_096);
    expect(seriesOf(page, 'sluice_ledger_lost_rows_total')).toBe(6);
    expect(seriesOf(page, 'sluice_budget_spent_usd{client="alice",period="day"}')).toBe(0.25);
    expect(seriesOf(page, 'sluice_trace_spans_total{result="lost"}')).toBe(8);
    expect(seriesOf(page, 'sluice_log_lines_lost_total')).toBe(9);
    expect(seriesOf(page, 'sluice_event_loop_lag_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);
    expect(seriesOf(page, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  test('keys have series of their own only where that is asked for', async () => {
    const metrics = start();
    const keys = [{ upstreamId: 'a', keyId: 'k1', state: 'free' }];
    metrics.watch({ pool: () => ({ upstreams: [], keys, keyModels: [], limits: [], clients: [] }) });
    const page = await metrics.page();
    expect(page).toContain('sluice_keys{upstream="a",state="free"} 1');
    expect(page).not.toContain('sluice_key_state{');
  });

  test('every metric of the table is announced, by a name of its own and with a valid name', async () => {
    const page = await start().page();
    for (const { name, kind } of METRICS) expect(page).toContain(`# TYPE ${name} ${kind}\n`.trimEnd());
    const names = METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  test('those who ask at the same time get the same page', async () => {
    const metrics = start();
    const [one, two] = [metrics.page(), metrics.page()];
    expect(two).toBe(one);
    await one;
    expect(metrics.page()).not.toBe(one);
  });
});
