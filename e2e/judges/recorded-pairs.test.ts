// Recorded answers of the providers, converted for a client of each other format: that format's official library reads
// what the library of the answer's own format reads in the recording, however the client wants it.

import { describe, expect, test } from 'vitest';
import {
  type AnswerFacts,
  type Conversion,
  type ConvertedBody,
  convertBody,
  convertRequest,
  convertStream,
  foldStream,
  streamBody,
} from '../../server/src/core/conversion/convert.ts';
import { dialects } from '../../server/src/core/dialects/index.ts';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import type { SluiceError } from '../../server/src/core/model/error.ts';
import type { JsonObject } from '../../server/src/core/model/json.ts';
import type { ChatRequest } from '../../server/src/core/model/request.ts';
import { traitsFor } from '../../server/src/core/providers/traits/index.ts';
import { readEvents } from '../../server/src/core/sse/parse.ts';
import { decoded, FACTS } from '../../server/test/conformance/matrix-run.ts';
import { DIALECT_IDS, QUESTIONS, TARGETS } from '../../server/test/conformance/matrix-targets.ts';
import { type RecordedExchange, recordedExchanges } from './recorded-exchanges.ts';
import { SDK_READERS, type Understood } from './sdk-readers.ts';

const facts: AnswerFacts = FACTS;

const isLast = (name: string): boolean => /^response\.(completed|incomplete|failed)$/.test(name);

/** The events of a recording, whatever their framing. Of several answers in one recording, the first. */
function eventsOf({ answer }: RecordedExchange): readonly (readonly [string, string])[] {
  const text = answer.body.toString();
  if (answer.framing === 'json-array')
    return (JSON.parse(text) as unknown[]).map((each) => ['', JSON.stringify(each)] as const);
  const events: (readonly [string, string])[] = [];
  readEvents(Buffer.from(`${text}\n\n`), ({ event, data }) => events.push([event, data]));
  const last = events.findIndex(([name]) => isLast(name));
  return last === -1 ? events : events.slice(0, last + 1);
}

/** What the library of the answer's own format reads in the recording. */
function original(exchange: RecordedExchange): Promise<Understood> {
  const reader = SDK_READERS[exchange.dialect];
  const { kind, body } = exchange.answer;
  if (kind === 'json') return reader.body(JSON.parse(body.toString()));
  const named = exchange.dialect === 'openai-responses' || exchange.dialect === 'anthropic-messages';
  const events = eventsOf(exchange).map(
    ([name, data]) => `${named ? `event: ${name}\n` : ''}data: ${data}\n\n`,
  );
  return reader.stream(events.join(''));
}

/** The recorded question as a client of another format would have asked it; a question of ours where that cannot be. */
function question(
  { dialect, model, request }: RecordedExchange,
  client: DialectId,
  stream: boolean,
): ChatRequest {
  if (request === undefined) return decoded(client, QUESTIONS[client], stream);
  const read = dialects[dialect].codec.decodeRequest(request, { model, stream });
  if ('code' in read) throw new Error(`The recorded request is none: ${read.message}`);
  const asked = convertRequest({
    from: dialects[dialect],
    to: dialects[client],
    request: read,
    target: { model: 'alias', stream, traits: TARGETS[client] },
  });
  return decoded(client, JSON.parse(JSON.stringify(asked.encoded.body)) as JsonObject, stream);
}

function conversion(exchange: RecordedExchange, client: DialectId, stream: boolean): Conversion {
  const { dialect, provider, model, answer } = exchange;
  const traits = traitsFor(provider, dialect, model);
  return convertRequest({
    from: dialects[client],
    to: dialects[dialect],
    request: question(exchange, client, stream),
    target: { model, stream: answer.kind === 'stream', traits },
  });
}

/** The answer as a stream for a client, or the error that it gets before one. */
function asStream(exchange: RecordedExchange, client: DialectId): string | SluiceError {
  let text = '';
  const write = (piece: string): void => {
    text += piece;
  };
  const made = conversion(exchange, client, true);
  if (exchange.answer.kind === 'json') {
    const wire: unknown = JSON.parse(exchange.answer.body.toString());
    return streamBody(made, facts, 'sse', wire, write, () => undefined) ?? text;
  }
  const decoder = convertStream(made, facts, 'sse', write, () => undefined);
  for (const [name, data] of eventsOf(exchange)) decoder.event(name, data);
  decoder.end();
  return text;
}

/** The answer as a body for a client, or the error that it gets instead. */
function asBody(exchange: RecordedExchange, client: DialectId): ConvertedBody | SluiceError {
  const made = conversion(exchange, client, false);
  if (exchange.answer.kind === 'json')
    return convertBody(made, facts, JSON.parse(exchange.answer.body.toString()));
  const answers: (ConvertedBody | SluiceError)[] = [];
  const decoder = foldStream(
    made,
    facts,
    (answer) => answers.push(answer),
    () => undefined,
  );
  for (const [name, data] of eventsOf(exchange)) decoder.event(name, data);
  decoder.end();
  const [only] = answers;
  if (only === undefined || answers.length > 1) throw new Error(`${answers.length} answers`);
  return only;
}

async function readStream(exchange: RecordedExchange, client: DialectId): Promise<Understood> {
  const answer = asStream(exchange, client);
  if (typeof answer !== 'string') throw new Error(answer.message);
  return SDK_READERS[client].stream(answer);
}

async function readBody(exchange: RecordedExchange, client: DialectId): Promise<Understood> {
  const answer = asBody(exchange, client);
  if ('code' in answer) throw new Error(answer.message);
  return SDK_READERS[client].body(JSON.parse(JSON.stringify(answer.body)));
}

/** Streams that end in an error: every library throws. */
const FAILED: readonly string[] = [
  // A second message_start, after a retry of somebody before us.
  'vercel__spliced-message-start-chunks.json#0',
  'pydantic-ai__tool-use-failed-error-streaming.json#0',
  'vercel__openai-error.1-chunks.json#0',
  'pydantic-ai__openrouter-stream-error.json#0',
];

/** Answers that the library of their own format cannot read; the libraries of all clients read the same in ours. */
const UNREADABLE: Readonly<Record<string, string>> = {
  'vercel__mistral-incremental-tool-call-chunks.json#0': 'the first chunk has no role',
  'vercel__anthropic-fallback-tool-call.json#0': 'the indexes of the calls begin with 1',
  'vercel__openai-apply-patch-tool.1-chunks.json#0': 'events that the library does not know',
  'vercel__openai-phase.1-chunks.json#0': 'items are missing',
};

/** What is rightly read otherwise than in the recording. `undefined`: not compared. */
const OTHERWISE: readonly {
  readonly name: string;
  readonly reason: string;
  readonly clients?: readonly DialectId[];
  readonly change: (source: Understood) => {
    readonly [Member in keyof Understood]?: Understood[Member] | undefined;
  };
}[] = [
  {
    name: 'azure/ruby_llm__chat-streaming',
    reason: 'more cached tokens than tokens are not believed',
    change: ({ input }) => ({ cached: input }),
  },
  {
    name: 'vercel__xai-tool-call-chunks',
    reason: 'xAI counts reasoning beside the completion',
    change: ({ output, hidden }) => ({ output: output + hidden }),
  },
  {
    name: 'pydantic-ai__compatible-api-with-tool-calls-without-id',
    reason: 'reasoning is found only in the total',
    change: () => ({ output: undefined, hidden: undefined }),
  },
  {
    name: 'pydantic-ai__openai-previous-response-id',
    reason: 'a status that the API does not have; only Google has a word for that',
    clients: ['openai-chat', 'openai-responses', 'anthropic-messages'],
    change: () => ({ stop: 'done' }),
  },
  {
    name: 'openllmetry__parsed-refused-completion',
    reason: 'Google has no word for a refusal in words: it is an answer like any other',
    clients: ['gemini'],
    change: () => ({ stop: 'done' }),
  },
  {
    name: 'vercel__google-stream-no-args-tool-call',
    reason: 'the library hands out each piece of a call as a call',
    change: ({ calls }) => ({ calls: calls.filter(({ name }) => name !== '') }),
  },
  {
    name: 'vercel__openai-custom-tool',
    reason: 'a format without freeform tools has an argument for the text',
    clients: ['anthropic-messages', 'gemini'],
    change: ({ calls }) => ({
      calls: calls.map(({ name, arguments: input }) => ({ name, arguments: { input } })),
    }),
  },
];

/** The answers of these have no words of their own; why, their provider has said beside them. */
const EXPLAINED: readonly string[] = [
  'vercel__anthropic-refusal-chunks',
  'pydantic-ai__google-model-armor-prompt-template-text-gets-blocked',
  'pydantic-ai__google-model-armor-response-template-real-block',
];

/** Ways that a client's own library does not go. */
const NOT_READ: readonly {
  readonly name: string;
  readonly client: DialectId;
  readonly as: string;
  readonly reason: string;
}[] = [
  {
    name: 'vercel__openai-custom-tool',
    client: 'openai-chat',
    as: 'stream',
    reason: 'the library cannot put calls of freeform tools together',
  },
  ...DIALECT_IDS.flatMap((client) =>
    ['stream', 'body']
      // Only the library of Messages repairs arguments that were cut, and only in streams.
      .filter((as) => client !== 'anthropic-messages' || as !== 'stream')
      .map((as) => ({
        name: 'anthropic-sdk__incomplete-partial-json-response',
        client,
        as,
        reason: 'cut arguments are no JSON',
      })),
  ),
];

/** What a client's library has to read. */
function expected(exchange: RecordedExchange, client: DialectId, source: Understood): object {
  const changes = OTHERWISE.filter(
    ({ name, clients }) => exchange.name.includes(name) && (clients?.includes(client) ?? true),
  );
  // Messages begin with a count: where nobody has told one, it is our estimate.
  const estimate =
    client === 'anthropic-messages' && source.input === 0
      ? { input: expect.toBeOneOf([0, facts.inputTokens]) }
      : {};
  const isExplained = EXPLAINED.some((name) => exchange.name.includes(name));
  // Only OpenAI's formats have a place for that sentence: the refusal, whose words the readers count among the text.
  const explanation =
    isExplained && client.startsWith('openai-') ? { text: expect.stringMatching(/\w/) } : {};
  const changed: object = Object.assign(
    { ...source, ...estimate, ...explanation },
    ...changes.map(({ change }) => change(source)),
  );
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
}

const exchanges = recordedExchanges().filter(({ answer }) => answer.status < 300);
if (exchanges.length === 0) process.emitWarning('No recorded answers here: their conversion is not judged.');

const isFailed = ({ name }: RecordedExchange): boolean => FAILED.some((each) => name.endsWith(each));
const isUnreadable = ({ name }: RecordedExchange): boolean =>
  Object.keys(UNREADABLE).some((each) => name.endsWith(each));
const named = (some: readonly RecordedExchange[]): (readonly [string, RecordedExchange])[] =>
  some.map((exchange) => [exchange.name, exchange]);

const readable = exchanges.filter((each) => !isFailed(each) && !isUnreadable(each));
const pairs = readable.flatMap((exchange) =>
  DIALECT_IDS.flatMap((client) =>
    (['stream', 'body'] as const)
      .filter(
        (as) =>
          !NOT_READ.some(
            (each) => exchange.name.includes(each.name) && each.client === client && each.as === as,
          ),
      )
      .map((as) => [exchange.name, as, client, exchange] as const),
  ),
);

describe.skipIf(exchanges.length === 0)('recorded answers (where the shared recordings are)', () => {
  test.each(pairs)('%s as a %s to a client of %s', async (_, as, client, exchange) => {
    const source = await original(exchange);
    const read = await (as === 'stream' ? readStream : readBody)(exchange, client);
    expect(read).toMatchObject(expected(exchange, client, source));
  });

  test.each(named(exchanges.filter(isFailed)))('%s is an error for everybody', async (_, exchange) => {
    await expect(original(exchange)).rejects.toThrow();
    for (const client of DIALECT_IDS) await expect(readStream(exchange, client)).rejects.toThrow();
    for (const client of DIALECT_IDS) expect(asBody(exchange, client)).toHaveProperty('code');
  });

  test.each(named(exchanges.filter(isUnreadable)))('%s is read by nobody but us', async (_, exchange) => {
    await expect(original(exchange)).rejects.toThrow();
    const source = await readBody(exchange, exchange.dialect);
    for (const client of DIALECT_IDS) {
      expect(await readStream(exchange, client)).toMatchObject(expected(exchange, client, source));
      expect(await readBody(exchange, client)).toMatchObject(expected(exchange, client, source));
    }
  });
});
