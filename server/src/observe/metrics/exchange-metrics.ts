// Counts exchanges as they end. Everything that labels decide is found once for each combination of them and kept, so
// that an exchange costs one look-up and a few additions.

import type { Settings } from '../../config/settings.ts';
import { genAiOperation, genAiProvider, genAiTokens } from '../../core/telemetry/gen-ai.ts';
import { EXCHANGE_METRICS as M } from '../../core/telemetry/metrics.ts';
import { secondsPerToken } from '../../core/telemetry/output-pace.ts';
import type { LedgerClosing, LedgerOpening, Observer } from '../../exchange/ports.ts';
import { attemptOutcomes } from './attempt-outcome.ts';
import { BoundedNames, OTHER } from './names.ts';
import { type Cell, CounterFamily, type HistogramCell, HistogramFamily } from './series.ts';

/** What is known of the world. */
export interface ExchangeMetricsOptions {
  /** The configuration of this moment. */
  settings(): Settings;
  /** Takes secrets out of texts that others chose. */
  redact(text: string): string;
  /** Combinations of labels that are counted apart; beyond them models and clients are "other". */
  readonly labelSets?: number;
}

/** The families, and the observer that fills them. */
export interface ExchangeMetrics extends Observer {
  readonly counters: readonly CounterFamily[];
  readonly histograms: readonly HistogramFamily[];
  /** Combinations of labels that are counted apart. */
  readonly labelSets: number;
}

const LABEL_SETS = 1_000;
const NANO = 1e-9;

/** Kinds of tokens, in the order of Tallies.tokens. */
const TOKEN_KINDS = [
  'input_uncached',
  'input_cache_read',
  'input_cache_write',
  'input_audio',
  'output_text',
  'output_reasoning',
  'output_audio',
  'output_image',
] as const;

/** Series of one operation in the words of OpenTelemetry. */
interface GenAiTallies {
  readonly input: HistogramCell;
  readonly output: HistogramCell;
  readonly duration: HistogramCell;
  readonly firstToken: HistogramCell;
  readonly perToken: HistogramCell;
}

/** All series that exchanges with the same labels are counted in; those that few need are made when they do. */
interface Tallies {
  readonly upstream: string;
  readonly model: string;
  readonly client: string;
  readonly requests: Cell;
  readonly duration: HistogramCell;
  firstToken: HistogramCell | undefined;
  perToken: HistogramCell | undefined;
  readonly tokens: (Cell | undefined)[];
  cost: Cell | undefined;
  costState: string;
  genAi: GenAiTallies | undefined;
  /** The only attempt, where it answered: almost every exchange. */
  answered: Cell | undefined;
}

/** Makes the families, empty. */
export function createExchangeMetrics(options: ExchangeMetricsOptions): ExchangeMetrics {
  return new Counting(options);
}

class Counting implements ExchangeMetrics {
  readonly #options: ExchangeMetricsOptions;
  readonly #limit: number;
  readonly #names: BoundedNames;
  readonly #losses: BoundedNames;
  readonly #tallies: Map<string, Tallies> = new Map();
  readonly #requests = new CounterFamily(M.requests);
  readonly #tokens = new CounterFamily(M.tokens);
  readonly #cost = new CounterFamily(M.cost, NANO);
  readonly #unpriced = new CounterFamily(M.unpriced);
  readonly #estimated = new CounterFamily(M.estimated);
  readonly #attempts = new CounterFamily(M.attempts);
  readonly #lost = new CounterFamily(M.losses);
  readonly #cacheRequests = new CounterFamily(M.cacheRequests);
  readonly #cacheSaved = new CounterFamily(M.cacheSaved, NANO);
  readonly #breaks = new CounterFamily(M.promptCacheBreaks);
  readonly #duration = new HistogramFamily(M.duration);
  readonly #firstToken = new HistogramFamily(M.firstToken);
  readonly #perToken = new HistogramFamily(M.perToken);
  readonly #genAiTokens = new HistogramFamily(M.genAiTokens);
  readonly #genAiDuration = new HistogramFamily(M.genAiDuration);
  readonly #genAiFirstToken = new HistogramFamily(M.genAiFirstToken);
  readonly #genAiPerToken = new HistogramFamily(M.genAiPerToken);
  readonly counters: readonly CounterFamily[] = [
    this.#requests,
    this.#tokens,
    this.#cost,
    this.#unpriced,
    this.#estimated,
    this.#attempts,
    this.#lost,
    this.#cacheRequests,
    this.#cacheSaved,
    this.#breaks,
  ];
  readonly histograms: readonly HistogramFamily[] = [
    this.#duration,
    this.#firstToken,
    this.#perToken,
    this.#genAiTokens,
    this.#genAiDuration,
    this.#genAiFirstToken,
    this.#genAiPerToken,
  ];

  constructor(options: ExchangeMetricsOptions) {
    this.#options = options;
    this.#limit = options.labelSets ?? LABEL_SETS;
    this.#names = new BoundedNames(options.redact);
    this.#losses = new BoundedNames(options.redact);
  }

  get labelSets(): number {
    return this.#tallies.size;
  }

  closed(opening: LedgerOpening, closing: LedgerClosing): void {
    const tallies = this.#talliesOf(opening, closing);
    tallies.requests.value += 1;
    this.#countTime(tallies, opening, closing);
    if (closing.usage !== undefined) this.#countTokens(tallies, closing);
    if (closing.cost !== undefined) this.#countCost(tallies, closing);
    this.#countAttempts(tallies, closing);
    if (closing.usageEstimated === true) this.#estimated.cell(tallies.upstream, tallies.model).value += 1;
    if (closing.losses !== undefined) this.#countLosses(closing.losses);
    if (closing.cache !== undefined) this.#cacheRequests.cell(closing.cache).value += 1;
    if (closing.savedNanoUsd !== undefined) this.#cacheSaved.cell().value += closing.savedNanoUsd;
    if (closing.promptCache !== undefined) this.#breaks.cell(tallies.upstream, tallies.model).value += 1;
  }

  #talliesOf(opening: LedgerOpening, closing: LedgerClosing): Tallies {
    const { status, errorCode = '', upstreamId = '' } = closing;
    const served = status < 300 && upstreamId !== '';
    const model = this.#names.label(closing.modelServed ?? closing.modelAsked, served);
    const asked = this.#names.label(closing.modelAsked, served);
    const key = `${opening.route}\n${opening.dialectIn}\n${upstreamId}\n${model}\n${asked}\n${opening.clientId}\n${status - (status % 100)}\n${errorCode}`;
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    if (this.#tallies.size < this.#limit) return this.#makeTallies(key, opening, closing, model, asked);
    // What is left are routes, upstreams, and codes of errors: words of ours and of the configuration.
    const rest = `${opening.route}\n${upstreamId}\n${status - (status % 100)}\n${errorCode}`;
    return this.#tallies.get(rest) ?? this.#makeTallies(rest, opening, closing, OTHER, OTHER, OTHER);
  }

  #makeTallies(
    key: string,
    opening: LedgerOpening,
    closing: LedgerClosing,
    model: string,
    asked: string,
    client: string = opening.clientId ?? '',
  ): Tallies {
    const { status, errorCode = '', upstreamId = '' } = closing;
    const { route } = opening;
    const statusClass = `${Math.floor(status / 100)}xx`;
    const dialect = opening.dialectIn ?? '';
    const tallies: Tallies = {
      upstream: upstreamId,
      model,
      client,
      requests: this.#requests.cell(route, dialect, upstreamId, model, client, statusClass, errorCode),
      duration: this.#duration.cell(route, upstreamId, model),
      firstToken: undefined,
      perToken: undefined,
      tokens: TOKEN_KINDS.map(() => undefined),
      cost: undefined,
      costState: '',
      genAi: this.#genAiOf(opening, closing, asked, model),
      answered: undefined,
    };
    this.#tallies.set(key, tallies);
    return tallies;
  }

  #genAiOf(
    opening: LedgerOpening,
    { upstreamId, errorCode = '', dialectOut }: LedgerClosing,
    asked: string,
    model: string,
  ): GenAiTallies | undefined {
    const operation = genAiOperation(opening.use, dialectOut ?? opening.dialectIn);
    const upstream = this.#options.settings().upstreams.find(({ id }) => id === upstreamId);
    // What never had an upstream is no operation of a model.
    if (operation === undefined || upstream === undefined) return undefined;
    const labels = [operation, genAiProvider(upstream.provider.id), asked, model] as const;
    return {
      input: this.#genAiTokens.cell(...labels, 'input'),
      output: this.#genAiTokens.cell(...labels, 'output'),
      duration: this.#genAiDuration.cell(...labels, errorCode),
      firstToken: this.#genAiFirstToken.cell(...labels),
      perToken: this.#genAiPerToken.cell(...labels),
    };
  }

  #countTime(tallies: Tallies, { receivedAtMs }: LedgerOpening, closing: LedgerClosing): void {
    const { endedAtMs, firstOutputAtMs, errorCode } = closing;
    const seconds = (endedAtMs - receivedAtMs) / 1_000;
    const { genAi } = tallies;
    this.#duration.observe(tallies.duration, seconds);
    if (genAi !== undefined) this.#genAiDuration.observe(genAi.duration, seconds);
    if (firstOutputAtMs === undefined) return;
    const first = (firstOutputAtMs - receivedAtMs) / 1_000;
    tallies.firstToken ??= this.#firstToken.cell(tallies.upstream, tallies.model);
    this.#firstToken.observe(tallies.firstToken, first);
    if (genAi !== undefined && errorCode === undefined)
      this.#genAiFirstToken.observe(genAi.firstToken, first);
  }

  #countTokens(tallies: Tallies, closing: LedgerClosing): void {
    const { usage, errorCode } = closing;
    if (usage === undefined) return;
    const { input, output, extras } = usage;
    this.#add(tallies, 0, input.uncached);
    this.#add(tallies, 1, input.cacheRead);
    this.#add(tallies, 2, input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther);
    this.#add(tallies, 3, input.audio);
    this.#add(tallies, 4, output.text);
    this.#add(tallies, 5, output.reasoning);
    this.#add(tallies, 6, output.audio);
    if (extras?.outputImageTokens !== undefined) this.#add(tallies, 7, extras.outputImageTokens);
    const { genAi } = tallies;
    const sums = genAiTokens(usage);
    if (genAi !== undefined) {
      this.#genAiTokens.observe(genAi.input, sums.input);
      this.#genAiTokens.observe(genAi.output, sums.output);
    }
    const pace = secondsPerToken(closing, sums.output);
    if (pace === undefined) return;
    tallies.perToken ??= this.#perToken.cell(tallies.upstream, tallies.model);
    this.#perToken.observe(tallies.perToken, pace);
    if (genAi !== undefined && errorCode === undefined) this.#genAiPerToken.observe(genAi.perToken, pace);
  }

  #add(tallies: Tallies, kind: number, tokens: number): void {
    if (tokens === 0) return;
    let cell = tallies.tokens[kind];
    if (cell === undefined) {
      cell = this.#tokens.cell(tallies.upstream, tallies.model, tallies.client, TOKEN_KINDS[kind] ?? '');
      tallies.tokens[kind] = cell;
    }
    cell.value += tokens;
  }

  #countCost(tallies: Tallies, { cost }: LedgerClosing): void {
    if (cost === undefined) return;
    const { state, totalNanoUsd } = cost;
    if (tallies.cost === undefined || tallies.costState !== state) {
      tallies.cost = this.#cost.cell(tallies.upstream, tallies.model, tallies.client, state);
      tallies.costState = state;
    }
    tallies.cost.value += totalNanoUsd;
    if (state === 'unpriced') this.#unpriced.cell(tallies.upstream, tallies.model).value += 1;
  }

  #countAttempts(tallies: Tallies, closing: LedgerClosing): void {
    const { tries, attempts, errorCode, status, aborted } = closing;
    if (tries === undefined && attempts === 1 && errorCode === undefined && status < 400 && !aborted) {
      tallies.answered ??= this.#attempts.cell(tallies.upstream, 'answered', '');
      tallies.answered.value += 1;
      return;
    }
    for (const { upstream, outcome, reason } of attemptOutcomes(closing))
      this.#attempts.cell(upstream, outcome, reason).value += 1;
  }

  /** `top-k=dropped, stop-sequences=emulated, +2 more` */
  #countLosses(losses: string): void {
    for (const pair of losses.split(', ')) {
      const equals = pair.lastIndexOf('=');
      if (equals < 0) continue;
      const feature = this.#losses.label(pair.slice(0, equals), true);
      this.#lost.cell(feature, pair.slice(equals + 1)).value += 1;
    }
  }
}
