import { describe, expect, test } from 'vitest';
import { usageWith } from '../../../../test/kit/usages.ts';
import { addUsage } from './add-usage.ts';

describe('9.10 the usage of an answer that two requests made', () => {
  test('is both, bucket by bucket, with what is billed besides', () => {
    const first = usageWith({ uncached: 1, text: 2, extras: { serviceTier: 'flex', webSearches: 1 } });
    const second = usageWith({
      uncached: 10,
      cacheRead: 3,
      extras: { serviceTier: 'flex', webSearches: 2, outputImageTokens: 4 },
    });
    expect(addUsage(first, second)).toEqual(
      usageWith({
        uncached: 11,
        cacheRead: 3,
        text: 2,
        extras: { serviceTier: 'flex', webSearches: 3, outputImageTokens: 4 },
      }),
    );
    expect(addUsage(undefined, second)).toBe(second);
  });

  test('does not pass off one service tier for the whole', () => {
    const flex = usageWith({ extras: { serviceTier: 'flex' } });
    expect(addUsage(usageWith({}), flex).extras).toEqual({ serviceTier: 'default, then flex' });
    expect(addUsage(usageWith({}), usageWith({})).extras).toBeUndefined();
  });
});
