// Names of the attributes of spans: those of the OpenTelemetry conventions where there are any, else ours.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ and …/http/http-spans/

/** Conventions for generative AI. */
export const GEN_AI: {
  readonly operation: string;
  readonly provider: string;
  readonly conversation: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly inputTokens: string;
  readonly outputTokens: string;
  readonly cacheReadTokens: string;
  readonly cacheCreationTokens: string;
} = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  conversation: 'gen_ai.conversation.id',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheCreationTokens: 'gen_ai.usage.cache_creation.input_tokens',
};

/** General conventions. */
export const HTTP: {
  readonly method: string;
  readonly status: string;
  readonly server: string;
  readonly port: string;
  readonly error: string;
} = {
  method: 'http.request.method',
  status: 'http.response.status_code',
  server: 'server.address',
  port: 'server.port',
  error: 'error.type',
};

/** Ours. */
export const SLUICE: {
  readonly request: string;
  readonly route: string;
  readonly policy: string;
  readonly client: string;
  readonly agent: string;
  readonly dialectIn: string;
  readonly dialectOut: string;
  readonly upstream: string;
  readonly key: string;
  readonly attempts: string;
  readonly streamed: string;
  readonly firstOutputMs: string;
  readonly losses: string;
  readonly cache: string;
  readonly costUsd: string;
  readonly costState: string;
  readonly attempt: string;
  readonly cause: string;
  readonly end: string;
  readonly reason: string;
} = {
  request: 'sluice.request.id',
  route: 'sluice.route',
  policy: 'sluice.policy',
  client: 'sluice.client.id',
  agent: 'sluice.agent.id',
  dialectIn: 'sluice.dialect.in',
  dialectOut: 'sluice.dialect.out',
  upstream: 'sluice.upstream',
  key: 'sluice.key.id',
  attempts: 'sluice.attempts',
  streamed: 'sluice.streamed',
  firstOutputMs: 'sluice.first_output_ms',
  losses: 'sluice.losses',
  cache: 'sluice.cache',
  costUsd: 'sluice.cost.usd',
  costState: 'sluice.cost.state',
  attempt: 'sluice.attempt.ordinal',
  cause: 'sluice.attempt.cause',
  end: 'sluice.attempt.end',
  reason: 'sluice.attempt.reason',
};
