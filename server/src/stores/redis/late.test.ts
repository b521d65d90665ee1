import { describe, expect, test } from 'vitest';
import { Late } from './late.ts';

const ofNumbers = (limit: number): Late<number> => new Late(limit, (weight) => weight);

async function told(late: Late<number>): Promise<readonly number[]> {
  const all: number[] = [];
  await late.tellAll(async (thing) => void all.push(thing));
  return all;
}

describe('what is told later', () => {
  test('is told in the order in which it came, the newest of each name, and once', async () => {
    const late = ofNumbers(100);
    late.add('a', 1);
    late.add('b', 2);
    late.add('a', 3);
    expect([late.has('a'), late.has('c')]).toEqual([true, false]);
    expect(await told(late)).toEqual([2, 3]);
    expect(await told(late)).toEqual([]);
  });

  test('weighs no more than it may: the oldest is given up, and so is what is too heavy alone', async () => {
    const late = ofNumbers(10);
    for (const [at, weight] of [4, 3, 2, 5].entries()) late.add(`n${at}`, weight);
    late.add('heavy', 11);
    expect(await told(late)).toEqual([]);
    for (const [at, weight] of [4, 3, 2, 5].entries()) late.add(`n${at}`, weight);
    expect(await told(late)).toEqual([3, 2, 5]);
  });

  test('stays where it could not be told, and nothing more is tried', async () => {
    const late = ofNumbers(10_000);
    for (let at = 0; at < 1_000; at++) late.add(`n${at}`, 1);
    let tries = 0;
    await late.tellAll(async (thing) => {
      late.add(`n${tries++}`, thing);
    });
    expect(tries).toBe(100);
    expect(await told(late)).toHaveLength(1_000);
  });
});
