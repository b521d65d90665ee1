import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { providers } from './index.ts';
import { providersMarkdown } from './markdown.ts';

const PAGE = fileURLToPath(new URL('../../../../docs/reference/providers.md', import.meta.url));

describe('docs/reference/providers.md', () => {
  it('is what the data says (refresh it with -u)', async () => {
    await expect(providersMarkdown()).toMatchFileSnapshot(PAGE);
  });

  it('has a section for every provider', () => {
    const page = providersMarkdown();
    for (const { name } of providers.values()) expect(page).toContain(`\n## ${name}\n`);
  });
});
