// What keeps a silent stream alive means nothing to the libraries, wherever the gateway may write it: between two events,
// and before the first one while the upstream has said nothing yet.

import { expect, test } from 'vitest';
import { dialects } from '../../server/src/core/dialects/index.ts';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { ANSWER_CASES, type AnswerCase } from '../../server/test/conformance/matrix-cases.ts';
import { answerConversion, streamed } from '../../server/test/conformance/matrix-run.ts';
import { DIALECT_IDS } from '../../server/test/conformance/matrix-targets.ts';
import { SDK_READERS } from './sdk-readers.ts';

const [answer] = ANSWER_CASES.filter(({ name }) => name === 'messages-answer-parallel-calls') as [AnswerCase];
const streamFor = (client: DialectId): string => streamed(answer, answerConversion(answer, client, true));

test.each(DIALECT_IDS)('G70 between the events for a client of %s', async (client) => {
  const text = streamFor(client);
  const { heartbeat } = dialects[client];
  const beaten = text.replaceAll(/(\r\n\r\n|\n\n)(?=.)/gs, `$1${heartbeat}${heartbeat}`);
  expect(beaten.length).toBeGreaterThan(text.length + 4 * heartbeat.length);
  expect(await SDK_READERS[client].stream(beaten)).toEqual(await SDK_READERS[client].stream(text));
});

const early = async (client: DialectId): Promise<void> => {
  const text = streamFor(client);
  const { heartbeat, earlyHeartbeat = heartbeat } = dialects[client];
  const beaten = `${earlyHeartbeat}${text}`;
  expect(await SDK_READERS[client].stream(beaten)).toEqual(await SDK_READERS[client].stream(text));
};

// OpenAI's library (`responses.stream()`) throws where the first event is any but response.created.
test.each(DIALECT_IDS)('G70 before the first event for a client of %s', early);
