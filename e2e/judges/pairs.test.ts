// Every answer of the conformance suite, converted for a client of each format and read by that format's official library:
// it says what the library of the answer's own format reads in the original.

import { describe, expect, test } from 'vitest';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { ANSWER_CASES, type AnswerCase, wireEvents } from '../../server/test/conformance/matrix-cases.ts';
import { answerConversion, bodied, streamed } from '../../server/test/conformance/matrix-run.ts';
import { DIALECT_IDS } from '../../server/test/conformance/matrix-targets.ts';
import { SDK_READERS, type Understood } from './sdk-readers.ts';

/**
 * Clients that an answer is not compared for. Calls of freeform tools are never asked for by clients whose format has none,
 * and OpenAI's library cannot put them together from a chat stream.
 */
const NOT_COMPARED: Readonly<Record<string, readonly DialectId[]>> = {
  'custom-calls': ['openai-chat', 'anthropic-messages', 'gemini'],
  // Arguments that were cut are no JSON, which libraries take for granted.
  'tool-arguments': DIALECT_IDS,
};

/** An answer as the upstream's stream, in the framing that its own format has. */
function asSent({ dialect, stream }: AnswerCase): string {
  const named = dialect === 'openai-responses' || dialect === 'anthropic-messages';
  return wireEvents(stream)
    .map(([name, data]) => `${named ? `event: ${name}\n` : ''}data: ${data}\n\n`)
    .join('');
}

function clientsOf({ features }: AnswerCase): readonly DialectId[] {
  const without = features.flatMap((feature) => NOT_COMPARED[feature] ?? []);
  return DIALECT_IDS.filter((id) => !without.includes(id));
}

/** What the library of the answer's own format reads in the original stream. */
function original(each: AnswerCase): Promise<Understood> {
  const reader = SDK_READERS[each.dialect];
  return each.features.includes('custom-calls') ? reader.body(each.json) : reader.stream(asSent(each));
}

/** What a provider says beside an answer without words. OpenAI's formats have a place for it, the refusal; it is read as text. */
function explanation({ json }: AnswerCase): string | undefined {
  const {
    stop_details: details,
    promptFeedback,
    candidates,
  } = json as {
    readonly stop_details?: { readonly explanation?: string };
    readonly promptFeedback?: { readonly blockReason: string };
    readonly candidates?: readonly { readonly finishMessage?: string }[];
  };
  if (promptFeedback !== undefined) return `The prompt was blocked: ${promptFeedback.blockReason}.`;
  return details?.explanation ?? candidates?.[0]?.finishMessage;
}

/** What a client's library has to read. Google has no word for a refusal in words: it is an answer like any other. */
function expected(each: AnswerCase, client: DialectId, source: Understood): Understood {
  const { dialect, features } = each;
  const said = explanation(each);
  if (said !== undefined && source.text === '' && client.startsWith('openai-'))
    return { ...source, text: said };
  const inWords = features.includes('refusal') && dialect.startsWith('openai-');
  return inWords && client === 'gemini' ? { ...source, stop: 'done' } : source;
}

const fails = ({ features }: AnswerCase): boolean =>
  features.includes('stream-error') || features.includes('malformed-call');

describe.each(ANSWER_CASES.filter((each) => !fails(each) && clientsOf(each).length > 0))('$name', (each) => {
  test.each(clientsOf(each))('streamed to a client of %s says the same', async (client) => {
    const text = streamed(each, answerConversion(each, client, true));
    const source = await original(each);
    expect(await SDK_READERS[client].stream(text)).toEqual(expected(each, client, source));
  });

  test.each(clientsOf(each))('as a body for a client of %s says the same', async (client) => {
    const answer = bodied(each, client);
    if ('code' in answer) throw new Error(answer.message);
    const source: Understood = await SDK_READERS[each.dialect].body(each.json);
    expect(await SDK_READERS[client].body(answer.body)).toEqual(expected(each, client, source));
  });
});

describe.each(ANSWER_CASES.filter(fails))('$name', (each) => {
  test.each(DIALECT_IDS)('is an error to the library of a client of %s', async (client) => {
    const text = streamed(each, answerConversion(each, client, true));
    await expect(SDK_READERS[client].stream(text)).rejects.toThrow();
  });
});
