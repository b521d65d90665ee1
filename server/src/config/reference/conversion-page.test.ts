import { describe, expect, test } from 'vitest';
import { type ConversionFinding, conversionPage } from './conversion-page.ts';

const finding: ConversionFinding = {
  kind: 'request',
  from: 'openai-chat',
  to: 'gemini',
  features: ['seed', 'top-k'],
  losses: [],
};

const loss = {
  path: 'seed',
  feature: 'seed',
  action: 'dropped',
  severity: 'quality',
  note: 'No word.',
} as const;

describe('the matrix of conversions', () => {
  test('says what was carried, and leaves empty what nobody has shown', () => {
    const page = conversionPage([finding]);
    expect(page).toContain('| feature | → Responses | → Messages | → Gemini |');
    expect(page).toContain('| seed |  |  | carried |');
  });

  test('shows the worst of several cases', () => {
    const page = conversionPage([{ ...finding, losses: [loss] }, finding]);
    expect(page).toContain('| seed |  |  | dropped |');
    expect(page).toContain('| top-k |  |  | carried |');
    expect(page).toContain('- **seed**: No word. (Chat → Gemini)');
  });

  test('calls refused what changes the meaning', () => {
    const page = conversionPage([{ ...finding, losses: [{ ...loss, severity: 'semantic' }] }]);
    expect(page).toContain('| seed |  |  | refused |');
  });

  test('does not speak of a format and itself', () => {
    expect(conversionPage([{ ...finding, to: 'openai-chat', losses: [loss] }])).not.toContain('seed');
  });
});
