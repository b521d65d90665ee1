import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import {
  booleanIn,
  createReading,
  errorOf,
  labelsIn,
  listIn,
  numberIn,
  objectIn,
  otherMembers,
  type Reading,
  requiredString,
  stringIn,
  stringsIn,
  unknownMembers,
  wrong,
} from './read-wire.ts';

/** What a reader gives for a member, and the message of the error that follows. */
function outcome<Value>(read: (reading: Reading, from: JsonObject, member: string) => Value, value: unknown) {
  const reading = createReading();
  const body = { a: value };
  return [read(reading, body, 'a'), errorOf(reading, body)?.message];
}

describe('members of a body', () => {
  const readers = [stringIn, numberIn, booleanIn, objectIn, listIn, stringsIn, labelsIn] as const;

  test.each(readers)('absent and null are the same, and no fault: %o', (read) => {
    expect(outcome<unknown>(read, undefined)).toEqual([undefined, undefined]);
    expect(outcome<unknown>(read, null)).toEqual([undefined, undefined]);
  });

  test('what is of the right type is given as it is', () => {
    expect(outcome(stringIn, '')).toEqual(['', undefined]);
    expect(outcome(numberIn, 0)).toEqual([0, undefined]);
    expect(outcome(booleanIn, false)).toEqual([false, undefined]);
    expect(outcome(objectIn, {})).toEqual([{}, undefined]);
    expect(outcome(listIn, [1])).toEqual([[1], undefined]);
    expect(outcome(stringsIn, ['b'])).toEqual([['b'], undefined]);
    expect(outcome(labelsIn, { b: 'c' })).toEqual([{ b: 'c' }, undefined]);
  });

  test('what is of another type is a fault that says what it must be', () => {
    expect(outcome(stringIn, 1)).toEqual([undefined, "'a' must be a string."]);
    expect(outcome(numberIn, '1')).toEqual([undefined, "'a' must be a number."]);
    expect(outcome(numberIn, Number.POSITIVE_INFINITY)).toEqual([undefined, "'a' must be a number."]);
    expect(outcome(booleanIn, 1)).toEqual([undefined, "'a' must be true or false."]);
    expect(outcome(objectIn, [])).toEqual([undefined, "'a' must be an object."]);
    expect(outcome(listIn, {})).toEqual([undefined, "'a' must be an array."]);
    expect(outcome(stringsIn, ['b', 1])).toEqual([undefined, "'a' must be an array of strings."]);
    expect(outcome(labelsIn, { b: 1 })[1]).toBe("'a.b' must be a string.");
  });

  test('a string that must be there is the empty one where it is not', () => {
    expect(outcome(requiredString, undefined)).toEqual(['', "'a' must be a string."]);
  });
});

describe('the path of a fault', () => {
  test('leads through objects and lists to the member', () => {
    const reading = createReading();
    const part = { text: 5 };
    const body = { tools: [{}, []], messages: [{ content: ['x', part] }] };
    stringIn(reading, part, 'text');
    expect(errorOf(reading, body)).toMatchObject({
      code: 'invalid_request',
      message: "'messages[0].content[1].text' must be a string.",
      param: 'messages[0].content[1].text',
    });
  });

  test('names the place in a list, and the first fault alone', () => {
    const reading = createReading();
    const body = { messages: [{}, 7] };
    wrong(reading, body.messages, 1, 'an object');
    wrong(reading, body, 'model', 'a string');
    expect(errorOf(reading, body)?.message).toBe("'messages[1]' must be an object.");
  });

  test('of a copy is that of its original, and of what is not in the body its name alone', () => {
    const original = { role: 1 };
    const copy = { ...original };
    const reading = createReading();
    reading.copies.set(copy, original);
    stringIn(reading, copy, 'role');
    expect(errorOf(reading, { contents: [original] })?.message).toBe("'contents[0].role' must be a string.");
    const other = createReading();
    stringIn(other, copy, 'role');
    expect(errorOf(other, { contents: [original] })?.message).toBe("'role' must be a string.");
  });

  test('is found in bodies that are nested without end', () => {
    const deepest = { a: 1 };
    let body: JsonObject = deepest;
    for (let depth = 0; depth < 50_000; depth++) body = { b: body };
    const reading = createReading();
    stringIn(reading, deepest, 'a');
    expect(errorOf(reading, body)?.message).toMatch(/b\.a' must be a string\.$/);
  });
});

describe('members that nobody knows', () => {
  const known = new Set(['a']);

  test('are kept under their own names, without null ones where null says nothing', () => {
    const from = { a: 1, b: null, c: { d: 2 } };
    expect(unknownMembers(from, known)).toEqual({ c: { d: 2 } });
    expect(otherMembers(from, known)).toEqual({ b: null, c: { d: 2 } });
  });

  test('are undefined when there are none, and never a prototype', () => {
    expect(unknownMembers({ a: 1 }, known)).toBeUndefined();
    const wire: unknown = JSON.parse('{"a": 1, "__proto__": {"b": 1}}');
    expect(otherMembers(wire as JsonObject, known)).toBeUndefined();
    expect(unknownMembers(wire as JsonObject, known)).toBeUndefined();
  });
});
