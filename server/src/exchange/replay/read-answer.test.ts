import { describe, expect, test } from 'vitest';
import { wires } from '../../../test/kit/wire.ts';
import { dialects } from '../../core/dialects/index.ts';
import { DIALECT_IDS } from '../../core/model/dialect-id.ts';
import { readAnswer } from './read-answer.ts';

describe.each(DIALECT_IDS)('an answer in %s', (id) => {
  const dialect = dialects[id];
  const wire = wires[id];
  const read = (body: string, status = 200, contentType = 'application/json', whole = true) =>
    readAnswer(dialect, 'generate', { status, contentType, body: Buffer.from(body), whole });

  test('says the same whole and streamed', () => {
    const whole = read(wire.json('m', 'Hello, you.'));
    const streamed = read(wire.events('m', 'Hello, you.').join(''), 200, 'text/event-stream');
    for (const answer of [whole, streamed])
      expect(answer).toMatchObject({
        model: 'm',
        text: 'Hello, you.',
        stop: 'stop',
        readable: true,
        error: undefined,
      });
    expect(streamed.usage?.output).toEqual(whole.usage?.output);
  });

  test('that breaks off anywhere never throws, and says what came', () => {
    const stream = wire.events('m', 'Hello, you.').join('');
    for (let end = 0; end < stream.length - 40; end += 7) {
      const answer = read(stream.slice(0, end), 200, 'text/event-stream', false);
      expect('Hello, you.'.startsWith(answer.text)).toBe(true);
      expect(answer.readable).toBe(false);
    }
  });

  test('that is an error, or nothing that can be read, says so', () => {
    expect(read(wire.error(429, 'Slow down.'), 429)).toMatchObject({
      error: 'Slow down.',
      text: '',
      readable: true,
    });
    expect(read('<html>', 502)).toMatchObject({ error: '<html>' });
    expect(read('', 503).error).toBe('status 503');
    expect(read('<html>')).toMatchObject({ readable: false, text: '<html>' });
  });
});
