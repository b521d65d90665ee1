// The published matrix says what the goldens say.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ConversionFinding, conversionPage } from '../../src/config/reference/conversion-page.ts';
import { CASES } from './matrix-cases.ts';
import { readGolden } from './matrix-goldens.ts';
import { DIALECT_IDS } from './matrix-targets.ts';

test('docs/reference/conversion.md is up to date (npm run docs)', () => {
  const findings = CASES.flatMap(({ name, kind, dialect, features }) =>
    DIALECT_IDS.toSorted().map(
      (to): ConversionFinding => ({ kind, from: dialect, to, features, losses: readGolden(name, to).losses }),
    ),
  );
  const page = new URL('../../../docs/reference/conversion.md', import.meta.url);
  expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(conversionPage(findings));
});
