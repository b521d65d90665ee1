import { describe, expect, test } from 'vitest';
import { pipePair } from '../../test/kit/pipe-pair.ts';
import { createLine, type Pipe } from './line.ts';

describe('a line between two processes', () => {
  test('answers a question of either end, and gives undefined where nobody answers', async () => {
    const pair = pipePair();
    const [one, other] = [createLine(pair.left), createLine(pair.right)];
    other.answer('double', (number) => Number(number) * 2);
    one.answer('late', async () => 'later');
    other.answer('broken', () => {
      throw new Error('no');
    });
    expect(await one.ask('double', 21, 5_000)).toBe(42);
    expect(await other.ask('late', undefined, 5_000)).toBe('later');
    expect(await one.ask('broken', undefined, 5_000)).toBeUndefined();
    expect(await one.ask('nobody knows', undefined, 5_000)).toBeUndefined();
  });

  test('keeps the order of what is told', async () => {
    const pair = pipePair();
    const [one, other] = [createLine(pair.left), createLine(pair.right)];
    const heard: unknown[] = [];
    other.hear('word', (word) => heard.push(word));
    for (let word = 0; word < 5; word += 1) one.tell('word', word);
    await one.ask('nothing', undefined, 5_000);
    expect(heard).toEqual([0, 1, 2, 3, 4]);
  });

  test('gives up a question after its time, and passes over an answer that comes later', async () => {
    const pair = pipePair();
    const [one, other] = [createLine(pair.left), createLine(pair.right)];
    let answer: (text: string) => void = () => undefined;
    other.answer('slow', () => new Promise((done) => (answer = done)));
    expect(await one.ask('slow', undefined, 10)).toBeUndefined();
    answer('too late');
    expect(await one.ask('slow', undefined, 10)).toBeUndefined();
  });

  test('tells everybody who waits when the other end is gone', async () => {
    const pair = pipePair();
    const [one, other] = [createLine(pair.left), createLine(pair.right)];
    other.answer('never', () => new Promise(() => undefined));
    const asked = one.ask('never', undefined, 60_000);
    let ended = 0;
    one.onEnd(() => {
      ended += 1;
    });
    pair.cut();
    expect(await asked).toBeUndefined();
    expect(await one.ask('never', undefined, 60_000)).toBeUndefined();
    expect([one.open, ended]).toEqual([false, 1]);
  });

  test('passes over what is no message of a line', () => {
    let listener: (message: unknown) => void = () => undefined;
    const pipe: Pipe = {
      send: () => true,
      onMessage: (heard) => (listener = heard),
      onClose: () => undefined,
    };
    createLine(pipe);
    for (const message of [undefined, null, 'text', 7, {}, { kind: 'reply', number: 1, topic: '', body: 1 }])
      expect(() => listener(message)).not.toThrow();
  });
});
