// Arbitrary answers, streams and requests in the words of the model, for property tests. Everything made here is valid:
// what a decoder could have read from an honest provider.

import * as fc from 'fast-check';
import type {
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../src/core/model/content.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import type { ChatRequest, ToolDefinition, Turn } from '../../src/core/model/request.ts';
import type { ChatResponse, Choice, Stop } from '../../src/core/model/response.ts';
import { unfold } from '../../src/core/model/unfold.ts';
import type { Usage } from '../../src/core/model/usage.ts';

/** Words with a few awkward ones among them: quotes, line ends, wide and astral characters. */
const anyText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('so ', 'it', ' goes', '\n\n', '"', '\\', 'é', '猫', '🐈', '<b>', '{', 'data: '), {
    minLength: 1,
    maxLength: 12,
  })
  .map((words) => words.join(''))
  // Not every format takes white space alone.
  .filter((text) => text.trim() !== '');

const identifier = fc.stringMatching(/^[a-zA-Z0-9]{9}$/);
const toolName = fc.constantFrom('look_up', 'get-weather', 'add', 'run');

const jsonArguments = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(anyText, fc.integer(), fc.boolean()), {
    maxKeys: 3,
  })
  .map((value) => JSON.stringify(value));

const textPart: fc.Arbitrary<TextPart> = anyText.map((text) => ({ type: 'text', text }));

const callPart: fc.Arbitrary<ToolCallPart> = fc
  .record({ id: identifier, name: toolName, arguments: jsonArguments })
  .map(({ id, ...call }) => ({ type: 'tool-call', kind: 'function', id: `call_${id}`, ...call }));

/** Reasoning as the format `origin` gives it: with its vendor's token, or shown only. */
function anyReasoning(origin: DialectId): fc.Arbitrary<ReasoningPart> {
  if (origin === 'anthropic-messages') {
    const token = (kind: 'signature' | 'redacted') => (value: string) =>
      ({ vendor: 'anthropic', kind, value }) as const;
    return fc.oneof(
      fc
        .record({ text: anyText, token: identifier.map(token('signature')) })
        .map(
          (part) => ({ type: 'reasoning', form: 'text', sections: [part.text], token: part.token }) as const,
        ),
      identifier
        .map(token('redacted'))
        .map((made) => ({ type: 'reasoning', form: 'text', sections: [], token: made }) as const),
    );
  }
  if (origin === 'openai-responses')
    return fc
      .record({ sections: fc.array(anyText, { maxLength: 3 }), value: identifier, id: identifier })
      .map(
        ({ sections, value, id }) =>
          ({
            type: 'reasoning',
            form: 'summary',
            sections,
            itemId: `rs_${id}`,
            token: { vendor: 'openai', kind: 'encrypted', value, itemId: `rs_${id}` },
          }) as const,
      );
  return anyText.map((text) => ({ type: 'reasoning', form: 'text', sections: [text] }));
}

const stopWith = (parts: readonly Part[]): fc.Arbitrary<Stop> =>
  parts.some(({ type }) => type === 'tool-call')
    ? fc.constant({ reason: 'tool-calls' })
    : fc.constantFrom({ reason: 'stop' }, { reason: 'length' });

/** Reasoning, then text and calls: the order in which all four formats can say it. No two texts stand side by side. */
function anyChoice(origin: DialectId, index: number): fc.Arbitrary<Choice> {
  return fc
    .record({
      reasoning: fc.array(anyReasoning(origin), { maxLength: 1 }),
      text: fc.array(textPart, { maxLength: 1 }),
      calls: fc.uniqueArray(callPart, { maxLength: 3, selector: ({ id }) => id }),
    })
    .chain(({ reasoning, text, calls }) => {
      const parts = [...reasoning, ...text, ...calls];
      return stopWith(parts).map((stop) => ({ index, parts, stop }));
    });
}

const count = fc.integer({ min: 0, max: 100_000 });

/** Buckets that every format has. Writes to the cache only where asked for: gemini has no word for them. */
function anyUsage({ cacheWrites }: { readonly cacheWrites: boolean }): fc.Arbitrary<Usage> {
  return fc
    .record({
      uncached: count,
      cacheRead: count,
      written: cacheWrites ? count : fc.constant(0),
      text: count,
      thought: count,
    })
    .map(({ uncached, cacheRead, written, text, thought }) => ({
      input: { uncached, cacheRead, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: written, audio: 0 },
      output: { text, reasoning: thought, audio: 0 },
      clamped: false,
    }));
}

/** An answer of one choice. */
export function anyResponse(origin: DialectId): fc.Arbitrary<ChatResponse> {
  return fc
    .record({
      id: identifier,
      choice: anyChoice(origin, 0),
      usage: anyUsage({ cacheWrites: origin !== 'gemini' }),
    })
    .map(({ id, choice, usage }) => ({
      origin,
      id,
      model: 'm-1',
      createdAt: 1_700_000_000,
      choices: [choice],
      usage,
    }));
}

/** An answer of one to three choices. */
export function anyManyChoices(origin: DialectId): fc.Arbitrary<ChatResponse> {
  return fc
    .record({ response: anyResponse(origin), more: fc.integer({ min: 0, max: 2 }) })
    .chain(({ response, more }) =>
      fc
        .tuple(...Array.from({ length: more }, (_, at) => anyChoice(origin, at + 1)))
        .map((choices) => ({ ...response, choices: [...response.choices, ...choices] })),
    );
}

/** The events of an answer, its texts cut into deltas of `pieceLength` characters, never inside of a surrogate pair. */
export function eventsOf(response: ChatResponse, pieceLength: number): StreamEvent[] {
  const events: StreamEvent[] = [];
  unfold(response, (event) => {
    if (event.type !== 'delta') events.push(event);
    else
      for (const text of piecesOf(event.text, pieceLength))
        events.push({ type: 'delta', block: event.block, text });
  });
  return events;
}

function piecesOf(text: string, length: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += length)
    pieces.push(characters.slice(at, at + length).join(''));
  return pieces;
}

const anyTool: fc.Arbitrary<ToolDefinition> = toolName.map((name) => ({
  kind: 'function',
  name,
  description: `Does ${name}`,
  parameters: { type: 'object', properties: { value: { type: 'string' } } },
}));

/** What the user says, the assistant's calls with their results, or the assistant's words. */
const anyExchange: fc.Arbitrary<readonly Turn[]> = fc.oneof(
  textPart.map((part): readonly Turn[] => [{ role: 'user', parts: [part] }]),
  fc.tuple(textPart, textPart).map(([said, answered]): readonly Turn[] => [
    { role: 'user', parts: [said] },
    { role: 'assistant', parts: [answered] },
  ]),
  fc
    .record({
      asked: textPart,
      calls: fc.array(callPart, { minLength: 1, maxLength: 3 }),
      result: anyText,
      isError: fc.boolean(),
    })
    .map(({ asked, calls, result, isError }): readonly Turn[] => [
      { role: 'user', parts: [asked] },
      { role: 'assistant', parts: calls },
      { role: 'user', parts: calls.map((call) => resultOf(call, result, isError)) },
    ]),
);

function resultOf({ id, kind, name }: ToolCallPart, text: string, isError: boolean): ToolResultPart {
  return {
    type: 'tool-result',
    callId: id,
    kind,
    name,
    ...(isError ? { isError } : {}),
    content: [{ type: 'text', text }],
  };
}

/** A conversation with tools, whose calls have ids of their own, and a few settings. */
export function anyRequest(origin: DialectId): fc.Arbitrary<ChatRequest> {
  return fc
    .record({
      system: fc.option(anyText, { nil: undefined }),
      exchanges: fc.array(anyExchange, { minLength: 1, maxLength: 4 }),
      tools: fc.uniqueArray(anyTool, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
      temperature: fc.option(fc.constantFrom(0, 0.5, 1), { nil: undefined }),
      stream: fc.boolean(),
    })
    .map(({ system, exchanges, tools, temperature, stream }) => ({
      origin,
      model: 'm-1',
      stream,
      includeUsage: true,
      turns: [
        ...(system === undefined
          ? []
          : [{ role: 'system', parts: [{ type: 'text', text: system }] } as const]),
        ...distinctIds(exchanges.flat()),
        // Not every model continues the assistant's last words.
        { role: 'user', parts: [{ type: 'text', text: 'And now?' }] },
      ],
      tools,
      sampling: temperature === undefined ? {} : { temperature },
      maxOutputTokens: 500,
    }));
}

/** Numbers the calls, so that no two of a conversation have one id. */
function distinctIds(turns: readonly Turn[]): Turn[] {
  let at = -1;
  let calls: string[] = [];
  return turns.map((turn) => {
    if (turn.role === 'assistant') calls = [];
    let answered = 0;
    const parts = turn.parts.map((part) => {
      if (part.type === 'tool-call') {
        at++;
        const id = `${part.id}_${at}`;
        calls.push(id);
        return { ...part, id };
      }
      if (part.type === 'tool-result') return { ...part, callId: calls[answered++] ?? part.callId };
      return part;
    });
    return { ...turn, parts };
  });
}
