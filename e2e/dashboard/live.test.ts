// The live page in a real browser: rows that move, those that end, a picture that is held still, and a gateway that goes away.

import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, SCREENS } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

const there = hasBrowser();

const running = (page: Page): Locator => page.getByRole('region', { name: 'In flight' });
const ended = (page: Page): Locator => page.getByRole('region', { name: 'Ended' });
const rowsOf = (part: Locator): Locator => part.locator('tr[data-row]');

async function becomes(what: string, holds: () => Promise<boolean>): Promise<void> {
  await until(
    async () => ((await holds()) ? true : undefined),
    () => `It did not come to be: ${what}`,
  );
}

describe.skipIf(!there)('The live page', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 200, flaky: 'well' }), launchBrowser()]);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  test('a request appears when it arrives, tells where it is and how fast, and moves down when it has ended', async () => {
    const page = await openDashboard(stage, { browser, path: '/live' });
    await page.getByText('Nothing is on its way').waitFor();
    // It lasts until the page has been looked at, however slow the machine is.
    const { steady } = stage.providers;
    const { paceMs } = steady;
    steady.paceMs = 150;
    const asked = stage.ask(1, {
      model: 'smart',
      format: 'anthropic-messages',
      client: 'alice',
      stream: true,
      tokens: 220,
    });
    const row = rowsOf(running(page)).filter({ hasText: 'alice' });
    await row.getByText('Streaming').waitFor();
    const words = await row.textContent();
    expect(words).toContain('smart → claude-sonnet-4-5');
    expect(words).toContain('steady');
    // How fast is known as soon as a second of it was seen.
    await row.getByText(/≈ \d+/).waitFor();
    steady.paceMs = paceMs;
    const [answered] = await asked;
    const link = ended(page).locator(`a[href*="${answered?.id}"]`);
    await link.waitFor();
    await page.getByText('Nothing is on its way').waitFor();
    expect(await rowsOf(ended(page)).first().textContent()).toContain('OK');
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('the space bar holds the picture, counts what is missed, and brings the present back', async () => {
    const page = await openDashboard(stage, { browser, path: '/live' });
    await rowsOf(ended(page)).first().waitFor();
    await page.keyboard.press('Space');
    await page.getByText('Paused; 0 ended meanwhile').waitFor();
    const before = await rowsOf(ended(page)).first().textContent();
    const answers = await stage.ask(3, { model: 'claude-haiku-4-5', client: 'alice', tokens: 4 });
    await page.getByText('Paused; 3 ended meanwhile').waitFor();
    expect(await rowsOf(ended(page)).first().textContent()).toBe(before);
    await page.getByRole('button', { name: 'Resume' }).click();
    for (const { id } of answers) await ended(page).locator(`a[href*="${id}"]`).waitFor();
    await page.context().close();
  });

  test('the filter narrows both lists', async () => {
    await stage.ask(1, { model: 'gemini-2.5-flash', format: 'gemini', client: 'night-batch', tokens: 4 });
    const stop = stage.stream(2, {
      model: 'claude-haiku-4-5',
      client: 'alice',
      format: 'anthropic-messages',
    });
    const page = await openDashboard(stage, { browser, path: '/live' });
    await rowsOf(running(page)).first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('night-batch gemini');
    await page.getByText('Nothing on its way fits the filter').waitFor();
    await becomes('only those of night-batch', async () => {
      const shown = await rowsOf(ended(page)).allInnerTexts();
      return shown.length > 0 && shown.every((text) => text.includes('night-batch'));
    });
    await stop();
    await page.context().close();
  });

  test('a gateway that goes away is said to be away, and what it does afterwards is shown', {
    timeout: 180_000,
  }, async () => {
    const page = await openDashboard(stage, { browser, path: '/live' });
    await rowsOf(ended(page)).first().waitFor();
    await stage.restart(async () => {
      await page.getByText('The connection is lost. It is opened again by itself.').first().waitFor();
    });
    // The session outlives the gateway: the page comes back by itself.
    await page.getByText('The connection is lost.').first().waitFor({ state: 'hidden', timeout: 60_000 });
    const [answered] = await stage.ask(1, { model: 'claude-haiku-4-5', client: 'alice', tokens: 4 });
    await ended(page).locator(`a[href*="${answered?.id}"]`).waitFor();
    await page.context().close();
  });

  test.each(['tablet', 'phone'] as const)('nothing runs out of the window of a %s', async (screen) => {
    const stop = stage.stream(3);
    const page = await openDashboard(stage, { browser, path: '/live', width: SCREENS[screen][0] });
    await rowsOf(running(page)).first().waitFor();
    await rowsOf(ended(page)).first().waitFor();
    const within = await page.evaluate(
      () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
    );
    expect(within).toBe(true);
    await stop();
    await page.context().close();
  });
});
