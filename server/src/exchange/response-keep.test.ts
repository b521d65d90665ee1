import { describe, expect, test } from 'vitest';
import { FakeKeep } from '../../test/kit/fake-ports.ts';
import { isObject } from '../core/model/json.ts';
import { expandPrevious, inputItems, keepResponse } from './response-keep.ts';

const said = (id: string, text: string) => ({
  type: 'message',
  id,
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const answered = (id: string, text: string) => ({
  type: 'message',
  id,
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});

describe('expandPrevious', () => {
  test('puts what was said before in front, with its ids, and takes the id away', async () => {
    const keep = new FakeKeep();
    keepResponse(keep, 'alice', 'resp_1', { input: [said('m1', 'Hi')], output: [answered('m2', 'Hello')] });
    const body = {
      model: 'm',
      previous_response_id: 'resp_1',
      input: [said('m3', 'More')],
      store: false,
    };
    const expanded = await expandPrevious(keep, 'alice', body);
    expect(JSON.stringify(expanded)).toBe(
      JSON.stringify({
        model: 'm',
        input: [said('m1', 'Hi'), answered('m2', 'Hello'), said('m3', 'More')],
        store: false,
      }),
    );
  });

  test('follows a chain, because each response is kept with all before it', async () => {
    const keep = new FakeKeep();
    let previous: string | undefined;
    for (const round of [1, 2, 3]) {
      const body = {
        input: `question ${round}`,
        ...(previous === undefined ? {} : { previous_response_id: previous }),
      };
      const expanded = await expandPrevious(keep, undefined, body);
      if (expanded === 'unknown') throw new Error('The chain is broken.');
      previous = `resp_${round}`;
      const output = [answered(`m${round}`, `answer ${round}`)];
      keepResponse(keep, undefined, previous, { input: inputItems(expanded['input']), output });
    }
    const last = await expandPrevious(keep, undefined, { input: 'end', previous_response_id: previous });
    const input = isObject(last) ? last['input'] : [];
    expect(JSON.stringify(input).match(/question \d|answer \d|end/g)).toEqual([
      'question 1',
      'answer 1',
      'question 2',
      'answer 2',
      'question 3',
      'answer 3',
      'end',
    ]);
  });

  test('inherits no instructions', async () => {
    const keep = new FakeKeep();
    keepResponse(keep, 'alice', 'resp_1', { input: [said('m1', 'Hi')], output: [] });
    const expanded = await expandPrevious(keep, 'alice', { previous_response_id: 'resp_1', input: [] });
    expect(expanded).toEqual({ input: [said('m1', 'Hi')] });
  });

  test.each([[{ input: 'x' }], [{ input: 'x', previous_response_id: null }], [{ previous_response_id: '' }]])(
    'answers %j as it is and asks nobody',
    async (body) => {
      const keep = new FakeKeep();
      expect(await expandPrevious(keep, 'alice', body)).toBe(body);
      expect(keep.questions).toEqual([]);
    },
  );

  test('knows neither strangers nor the responses of another client', async () => {
    const keep = new FakeKeep();
    keepResponse(keep, 'alice', 'resp_1', { input: [], output: [answered('m', 'secret')] });
    expect(await expandPrevious(keep, 'alice', { previous_response_id: 'resp_2' })).toBe('unknown');
    expect(await expandPrevious(keep, 'bob', { previous_response_id: 'resp_1' })).toBe('unknown');
    expect(await expandPrevious(keep, undefined, { previous_response_id: 'resp_1' })).toBe('unknown');
  });

  test.each(['', '{', '{"items":[]}', '[1]', '[null]'])(
    'takes a damaged text for none: %j',
    async (damaged) => {
      const keep = new FakeKeep();
      keepResponse(keep, 'alice', 'resp_1', { input: [], output: [answered('m', 'x')] });
      for (const key of keep.texts.keys()) keep.texts.set(key, damaged);
      expect(await expandPrevious(keep, 'alice', { previous_response_id: 'resp_1' })).toBe('unknown');
    },
  );
});

describe('keepResponse', () => {
  test('keeps nothing of more than 8 MiB, counted in UTF-8, and nothing without an id', () => {
    const keep = new FakeKeep();
    keepResponse(keep, 'alice', 'resp_1', { input: [said('m', 'x'.repeat(9 * 1024 * 1024))], output: [] });
    keepResponse(keep, 'alice', 'resp_2', { input: [said('m', 'ü'.repeat(5 * 1024 * 1024))], output: [] });
    keepResponse(keep, 'alice', '', { input: [said('m', 'x')], output: [] });
    expect(keep.texts.size).toBe(0);
    keepResponse(keep, 'alice', 'resp_3', { input: [said('m', 'x'.repeat(7 * 1024 * 1024))], output: [] });
    expect(keep.texts.size).toBe(1);
  });

  test('gives up what is nested too deeply to be written', () => {
    const keep = new FakeKeep();
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    keepResponse(keep, 'alice', 'resp_1', { input: [{ deep }], output: [] });
    expect(keep.texts.size).toBe(0);
  });
});
