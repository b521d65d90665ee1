// The metrics of the gateway as data: names, kinds, labels, buckets. The registry, the reference page and the tests of
// the dashboard all read this table, so that none of them can name a metric that does not exist.

/** One family of series. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** A sentence. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, ascending, without the infinite one. */
  readonly buckets: readonly number[];
}

/** Bounds that the conventions of OpenTelemetry advise: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ */
const DURATION_S: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
];
const FIRST_TOKEN_S: readonly number[] = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60,
];
const PER_TOKEN_S: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
];
const TOKENS: readonly number[] = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

const MODEL: readonly string[] = ['upstream', 'model'];
const GEN_AI: readonly string[] = [
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_request_model',
  'gen_ai_response_model',
];

function counter(name: string, help: string, labels: readonly string[] = []): MetricDefinition {
  return { name, kind: 'counter', help, labels, buckets: [] };
}

function gauge(name: string, help: string, labels: readonly string[] = []): MetricDefinition {
  return { name, kind: 'gauge', help, labels, buckets: [] };
}

function histogram(
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[],
): MetricDefinition {
  return { name, kind: 'histogram', help, labels, buckets };
}

/** What is counted as exchanges end. */
export interface ExchangeMetricTable {
  readonly requests: MetricDefinition;
  readonly duration: MetricDefinition;
  readonly firstToken: MetricDefinition;
  readonly perToken: MetricDefinition;
  readonly tokens: MetricDefinition;
  readonly cost: MetricDefinition;
  readonly unpriced: MetricDefinition;
  readonly estimated: MetricDefinition;
  readonly attempts: MetricDefinition;
  readonly losses: MetricDefinition;
  readonly cacheRequests: MetricDefinition;
  readonly cacheSaved: MetricDefinition;
  readonly promptCacheBreaks: MetricDefinition;
  readonly genAiTokens: MetricDefinition;
  readonly genAiDuration: MetricDefinition;
  readonly genAiFirstToken: MetricDefinition;
  readonly genAiPerToken: MetricDefinition;
}

/** Filled by observe/metrics/exchange-metrics.ts. */
export const EXCHANGE_METRICS: ExchangeMetricTable = {
  requests: counter('sluice_requests_total', 'Exchanges that have ended.', [
    'route',
    'dialect_in',
    'upstream',
    'model',
    'client',
    'status_class',
    'error_code',
  ]),
  duration: histogram(
    'sluice_request_duration_seconds',
    'From the head of a request to the last byte of its answer.',
    ['route', ...MODEL],
    DURATION_S,
  ),
  firstToken: histogram(
    'sluice_time_to_first_token_seconds',
    'From the head of a request to the first output that was useful to the client.',
    MODEL,
    FIRST_TOKEN_S,
  ),
  perToken: histogram(
    'sluice_time_per_output_token_seconds',
    'Between two output tokens of a stream, on average, after the first.',
    MODEL,
    PER_TOKEN_S,
  ),
  tokens: counter('sluice_tokens_total', 'Tokens by kind; no token is in two kinds.', [
    ...MODEL,
    'client',
    'kind',
  ]),
  cost: counter('sluice_cost_usd_total', 'What exchanges cost, in US dollars.', [
    ...MODEL,
    'client',
    'state',
  ]),
  unpriced: counter('sluice_unpriced_requests_total', 'Exchanges of models whose price is not known.', MODEL),
  estimated: counter(
    'sluice_estimated_usage_requests_total',
    'Exchanges whose tokens were estimated because the upstream told none.',
    MODEL,
  ),
  attempts: counter('sluice_attempts_total', 'Attempts at upstreams, by how they ended and why.', [
    'upstream',
    'outcome',
    'reason',
  ]),
  losses: counter('sluice_conversion_losses_total', 'What could not be carried from one format to another.', [
    'feature',
    'action',
  ]),
  cacheRequests: counter('sluice_cache_requests_total', 'Questions to the cache of answers.', ['result']),
  cacheSaved: counter('sluice_cache_saved_usd_total', 'What cached answers would have cost, in US dollars.'),
  promptCacheBreaks: counter(
    'sluice_prompt_cache_breaks_total',
    'Exchanges that read less from the provider’s prompt cache than their conversation did before.',
    MODEL,
  ),
  genAiTokens: histogram(
    'gen_ai_client_token_usage',
    'Tokens of an operation (OpenTelemetry gen_ai.client.token.usage).',
    [...GEN_AI, 'gen_ai_token_type'],
    TOKENS,
  ),
  genAiDuration: histogram(
    'gen_ai_server_request_duration_seconds',
    'Duration of an operation (OpenTelemetry gen_ai.server.request.duration).',
    [...GEN_AI, 'error_type'],
    DURATION_S,
  ),
  genAiFirstToken: histogram(
    'gen_ai_server_time_to_first_token_seconds',
    'Time to the first token of an operation that succeeded (OpenTelemetry gen_ai.server.time_to_first_token).',
    GEN_AI,
    FIRST_TOKEN_S,
  ),
  genAiPerToken: histogram(
    'gen_ai_server_time_per_output_token_seconds',
    'Time per output token after the first, of a stream that succeeded (OpenTelemetry gen_ai.server.time_per_output_token).',
    GEN_AI,
    PER_TOKEN_S,
  ),
};

/** What is asked when the metrics are read. */
export interface MomentMetricTable {
  readonly build: MetricDefinition;
  readonly inFlight: MetricDefinition;
  readonly queue: MetricDefinition;
  readonly upstreamInFlight: MetricDefinition;
  readonly upstreams: MetricDefinition;
  readonly keys: MetricDefinition;
  readonly keyModels: MetricDefinition;
  readonly key: MetricDefinition;
  readonly limitUse: MetricDefinition;
  readonly clientLimitUse: MetricDefinition;
  readonly cacheEntries: MetricDefinition;
  readonly cacheBytes: MetricDefinition;
  readonly ledgerWaiting: MetricDefinition;
  readonly ledgerLost: MetricDefinition;
  readonly budgetLimit: MetricDefinition;
  readonly budgetSpent: MetricDefinition;
  readonly budgetReserved: MetricDefinition;
  readonly lag: MetricDefinition;
  readonly spans: MetricDefinition;
  readonly logLost: MetricDefinition;
  readonly series: MetricDefinition;
}

const BUDGET: readonly string[] = ['client', 'period'];

/** Filled by observe/metrics/moment-metrics.ts. */
export const MOMENT_METRICS: MomentMetricTable = {
  build: gauge('sluice_build_info', 'Always 1; the label tells the version.', ['version']),
  inFlight: gauge('sluice_requests_in_flight', 'Exchanges on their way.'),
  queue: gauge('sluice_queue_length', 'Requests that wait for capacity.'),
  upstreamInFlight: gauge('sluice_upstream_requests_in_flight', 'Attempts on their way, by upstream.', [
    'upstream',
  ]),
  upstreams: gauge('sluice_upstream_state', '1 for the state that the upstream as a whole is in.', [
    'upstream',
    'state',
  ]),
  keys: gauge('sluice_keys', 'Keys by state: free, cooling, open, half-open, quarantined or disabled.', [
    'upstream',
    'state',
  ]),
  keyModels: gauge('sluice_key_models_resting', 'Pairs of key and model that are set aside, by state.', [
    'upstream',
    'state',
  ]),
  key: gauge('sluice_key_state', '1 for the state that a key is in; only with `metrics.keyLabels`.', [
    'upstream',
    'key',
    'state',
  ]),
  limitUse: gauge(
    'sluice_limit_used_ratio',
    'Used part of a limit of an upstream, or of the key of it that has used most; 1 is all.',
    ['upstream', 'level', 'kind'],
  ),
  clientLimitUse: gauge('sluice_client_limit_used_ratio', 'Used part of a limit of a client.', [
    'client',
    'kind',
  ]),
  cacheEntries: gauge('sluice_cache_entries', 'Answers in the cache of this gateway.'),
  cacheBytes: gauge('sluice_cache_bytes', 'Bytes that they take.'),
  ledgerWaiting: gauge('sluice_ledger_waiting_rows', 'Rows that are not on disk yet.'),
  ledgerLost: counter('sluice_ledger_lost_rows_total', 'Rows that could not be written.'),
  budgetLimit: gauge('sluice_budget_limit_usd', 'What a client may spend in a period.', BUDGET),
  budgetSpent: gauge('sluice_budget_spent_usd', 'What it has spent in this period.', BUDGET),
  budgetReserved: gauge('sluice_budget_reserved_usd', 'What is set aside for what is on its way.', BUDGET),
  lag: gauge('sluice_event_loop_lag_seconds', 'Delay of the event loop since the last reading.', [
    'quantile',
  ]),
  spans: counter(
    'sluice_trace_spans_total',
    'Spans of traces: exported, or lost because no collector took them.',
    ['result'],
  ),
  logLost: counter('sluice_log_lines_lost_total', 'Lines that could not be written to the log folder.'),
  series: gauge('sluice_metrics_label_sets', 'Combinations of labels that are counted apart.'),
};

/** All of our own metrics. Those of the process (process_*, nodejs_*) are prom-client's. */
export const METRICS: readonly MetricDefinition[] = [
  ...Object.values<MetricDefinition>({ ...EXCHANGE_METRICS }),
  ...Object.values<MetricDefinition>({ ...MOMENT_METRICS }),
];
