// Every page in both themes before axe, the judge of accessibility: nothing serious may be found. And on a phone, no page is
// wider than the screen.

import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, openDashboard, SCREENS, settled, visit } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { everyPath } from './every-page.ts';

const THEMES = ['light', 'dark'] as const;
const LIMIT_MS = 240_000;

/** What axe finds that keeps people out, in a line each. */
async function barriersOn(page: Page, where: string): Promise<string[]> {
  // The policy of the page lets in no script of ours; the debugger's way in is its own.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, html }) => `${where} ${id}: ${target.join(' ')} ${html}`),
    );
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

describe.skipIf(!hasBrowser())('Everybody can use', () => {
  let stage: Stage;
  let browser: Browser;
  let paths: readonly string[];
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 1_500, accounts: 'mixed' }), launchBrowser()]);
    await stage.admin('POST', '/accounts/quota');
    await stage.admin('POST', '/capture', { seconds: 60, requests: 50 });
    stage.providers.flaky.mood = 'failing';
    const asked = { model: 'gpt-5.2', conversation: 'looked-at', client: 'alice' } as const;
    const [first] = await stage.ask(2, asked);
    stage.providers.flaky.mood = 'by-turns';
    const known = everyPath({
      request: first?.id ?? '',
      conversation: 'looked-at',
      upstream: 'flaky',
      client: 'ci',
    });
    paths = [...known, '/upstreams/codex'];
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  test('the judge sees a picture without words and letters that are too pale', async () => {
    const page = await openDashboard(stage, { browser });
    await page.evaluate(() => {
      const content = document.querySelector('#content');
      if (content === null) return;
      content.innerHTML = '<img src="/dashboard/favicon.svg"><p>pale</p>';
      const text = content.querySelector('p');
      if (text !== null) text.style.cssText = 'color: #ccc; background: #fff';
    });
    const found = (await barriersOn(page, 'made')).join('\n');
    expect(found).toContain('image-alt');
    expect(found).toContain('color-contrast');
    await page.context().close();
  });

  test.each(THEMES)(
    'every page in the %s theme, while requests run',
    { timeout: LIMIT_MS },
    async (theme) => {
      const stop = stage.stream(3);
      const page = await openDashboard(stage, { browser, theme });
      const barriers: string[] = [];
      for (const path of paths) {
        await visit(page, path);
        barriers.push(...(await barriersOn(page, path)));
      }
      await page.context().close();
      await stop();
      expect(barriers).toEqual([]);
    },
  );

  test.each(THEMES)('what opens over a page in the %s theme', { timeout: LIMIT_MS }, async (theme) => {
    const page = await openDashboard(stage, { browser, theme });
    const barriers: string[] = [];
    for (const keys of ['Control+k', '?']) {
      await page.keyboard.press(keys);
      await page.getByRole('dialog').waitFor();
      barriers.push(...(await barriersOn(page, keys)));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.context().close();
    expect(barriers).toEqual([]);
  });

  test.each(['phone', 'tablet'] as const)(
    'every page on a %s, without scrolling sideways',
    async (screen) => {
      const [width] = SCREENS[screen];
      const page = await openDashboard(stage, { browser, width });
      const wide: string[] = [];
      const barriers: string[] = [];
      for (const path of paths) {
        await visit(page, path);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (beyond > 0) wide.push(`${path}: ${beyond} px too wide`);
        if (screen === 'phone') barriers.push(...(await barriersOn(page, path)));
      }
      await page.context().close();
      expect(wide).toEqual([]);
      expect(barriers).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'the way in, and a gateway that has nothing yet',
    async () => {
      const context = await browser.newContext({ reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(`${stage.origin}/dashboard/`);
      await page.locator('input[name="admin-key"]').waitFor();
      const barriers = await barriersOn(page, 'sign-in');
      await context.close();
      const empty = await startStage({ empty: true });
      try {
        const first = await openDashboard(empty, { browser });
        for (const path of ['/', '/welcome', '/requests', '/upstreams', '/clients']) {
          await visit(first, path);
          await settled(first);
          barriers.push(...(await barriersOn(first, `empty ${path}`)));
        }
        await first.context().close();
      } finally {
        await empty.stop();
      }
      expect(barriers).toEqual([]);
    },
    LIMIT_MS,
  );
});
