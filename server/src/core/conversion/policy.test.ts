import { describe, expect, test } from 'vitest';
import type { Loss } from '../model/loss.ts';
import { lossHeader, refusal } from './policy.ts';

const hint: Loss = { path: 'metadata', feature: 'metadata', action: 'dropped', severity: 'hint', note: 'H.' };
const quality: Loss = { path: 'top_k', feature: 'top-k', action: 'dropped', severity: 'quality', note: 'Q.' };
const semantic: Loss = {
  path: 'n',
  feature: 'n',
  action: 'dropped',
  severity: 'semantic',
  note: 'Only one answer.',
};

describe('refusal', () => {
  test('lets hints and quality pass', () => {
    expect(refusal([hint, quality], { strict: false, lossy: 'refuse' })).toBeUndefined();
  });

  test('names path, feature and note of a loss that changes the meaning', () => {
    const error = refusal([hint, quality, semantic], { strict: false, lossy: 'refuse' });
    expect(error).toMatchObject({ code: 'unsupported_feature', status: 400, source: 'client', param: 'n' });
    expect(error?.message).toContain('n (n): Only one answer.');
    expect(error?.message).not.toContain('top_k');
    expect(error?.suggestion).toContain('conversion.lossy');
  });

  test('does not come where the operator allows losses', () => {
    expect(refusal([semantic], { strict: false, lossy: 'allow' })).toBeUndefined();
  });

  test.each(['previous-response-id', 'previous-response', 'stored-conversation', 'conversation'])(
    'comes for a lost history (%s) whatever is allowed, and says what to do',
    (feature) => {
      const lost = { ...semantic, path: 'previous_response_id', feature };
      const error = refusal([semantic, lost], { strict: false, lossy: 'allow' });
      expect(error).toMatchObject({ param: 'previous_response_id', status: 400 });
      expect(error?.message).not.toContain('n (n)');
      expect(error?.suggestion).toMatch(/whole conversation/);
      expect(error?.suggestion).not.toContain('lossy');
    },
  );

  test('when strict, comes for quality too, whatever is allowed, but not for hints', () => {
    expect(refusal([quality], { strict: true, lossy: 'allow' })?.param).toBe('top_k');
    expect(refusal([hint], { strict: true, lossy: 'refuse' })).toBeUndefined();
  });

  test('names five and counts the rest', () => {
    const many = Array.from({ length: 7 }, (_, at) => ({ ...semantic, path: `tools[${at}]` }));
    const message = refusal(many, { strict: false, lossy: 'refuse' })?.message ?? '';
    expect(message).toContain('tools[4]');
    expect(message).not.toContain('tools[5]');
    expect(message).toContain('And 2 more.');
  });
});

describe('lossHeader', () => {
  test('has every pair once, in order, without hints', () => {
    expect(lossHeader([quality, hint, semantic, { ...quality, path: 'other' }])).toBe(
      'top-k=dropped, n=dropped',
    );
    expect(lossHeader([hint])).toBeUndefined();
    expect(lossHeader([])).toBeUndefined();
  });

  test('is ASCII', () => {
    expect(lossHeader([{ ...quality, feature: 'naïve\r\nx' }])).toBe('na_ve__x=dropped');
  });

  test.each([10, 40, 41, 42, 43, 400])(
    'stays within 1 KiB for %d losses and counts what it leaves out',
    (size) => {
      const many = Array.from({ length: size }, (_, at) => ({ ...quality, feature: `feature-number-${at}` }));
      const value = lossHeader(many) ?? '';
      expect(value.length).toBeLessThanOrEqual(1024);
      const shown = value.match(/feature-number/g)?.length ?? 0;
      const left = Number(/\+(\d+) more$/.exec(value)?.[1] ?? 0);
      expect(shown + left).toBe(size);
    },
  );
});
