// The list of requests in a real browser: filters in the address, pages of rows, new ones, keys, and a file to take along.

import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, SCREENS, visit } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

const ROWS = 900;
const there = hasBrowser();

const table = (page: Page): Locator => page.getByRole('table', { name: 'Requests' });
const links = (page: Page): Locator => table(page).locator('[data-row-link]');

/** Whether something becomes so while the page is looked at. */
async function becomes(what: string, holds: () => Promise<boolean>): Promise<void> {
  await until(
    async () => ((await holds()) ? true : undefined),
    () => `It did not come to be: ${what}`,
  );
}

async function isWithinWindow(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
}

describe.skipIf(!there)('The list of requests', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: ROWS, flaky: 'well' }), launchBrowser()]);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  test('11.5 rows are loaded page by page while one scrolls, to the very last', async () => {
    const page = await openDashboard(stage, { browser, path: '/requests?last=30d' });
    await links(page).first().waitFor();
    const count = async (): Promise<number> => Number(await table(page).getAttribute('aria-rowcount'));
    const atFirst = await count();
    expect(atFirst).toBeLessThan(ROWS);
    // Of hundreds of rows only those that can be seen are there.
    await becomes('the end of the list', async () => {
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      return page.getByText('and that is all').isVisible();
    });
    expect(await count()).toBeGreaterThan(atFirst);
    expect(await table(page).locator('tr[data-row]').count()).toBeLessThan(80);
    const { json } = await stage.admin('GET', '/overview?last=30d');
    const { totals } = json as { totals: { requests: number } };
    expect((await count()) - 1).toBe(totals.requests);
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('11.5 filters stand in the address, and a shared address shows the same', async () => {
    const page = await openDashboard(stage, { browser, path: '/requests?last=30d' });
    await page.getByRole('button', { name: 'Client' }).click();
    await page.getByRole('menuitemcheckbox', { name: /^ci/ }).click();
    await page.keyboard.press('Escape');
    await page.getByLabel('Outcome').selectOption('error');
    await page.waitForURL(/outcome=error/);
    const chips = page.getByRole('region', { name: 'Filters' }).getByRole('listitem');
    await chips.filter({ hasText: 'Client: ci' }).waitFor();
    const address = new URL(page.url());
    const other = await openDashboard(stage, {
      browser,
      path: address.pathname.replace('/dashboard', '') + address.search,
    });
    await becomes('only errors of ci', async () => {
      const shown = await table(other).locator('tbody tr[data-row]').allInnerTexts();
      return shown.length > 0 && shown.every((text) => text.includes('ci') && !text.includes('OK'));
    });
    await other.getByRole('button', { name: 'Remove Client: ci' }).click();
    await other.waitForURL((url) => !url.searchParams.has('client'));
    await other.getByRole('button', { name: 'Clear all' }).click();
    await other.waitForURL(
      (url) => !url.searchParams.has('outcome') && url.searchParams.get('last') === '30d',
    );
    await other.context().close();
    await page.context().close();
  });

  test('11.5 "/" leads to the search, which finds an id by its beginning', async () => {
    const [answered] = await stage.ask(1, { model: 'claude-haiku-4-5', client: 'alice', tokens: 4 });
    const page = await openDashboard(stage, { browser, path: '/requests' });
    await links(page).first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(answered?.id ?? 'nothing');
    await becomes('the one row', async () => (await links(page).count()) === 1);
    expect(await links(page).getAttribute('href')).toContain(`/dashboard/requests/${answered?.id}`);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('search'));
    await page.context().close();
  });

  test('requests that end meanwhile are counted, and shown when that is wanted', async () => {
    const page = await openDashboard(stage, { browser, path: '/requests' });
    const first = await links(page).first().getAttribute('href');
    const [answered] = await stage.ask(1, { model: 'claude-haiku-4-5', client: 'alice', tokens: 4 });
    const button = page.getByRole('button', { name: '1 new' });
    await button.waitFor();
    expect(await links(page).first().getAttribute('href')).toBe(first);
    await button.click();
    await becomes('the new one on top', async () =>
      ((await links(page).first().getAttribute('href')) ?? '').includes(answered?.id ?? '?'),
    );
    await page.context().close();
  });

  test('j and k go from row to row, and Enter opens one', async () => {
    const page = await openDashboard(stage, { browser, path: '/requests?last=30d' });
    await links(page).first().waitFor();
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row') ?? null);
    for (let row = 0; row < 40; row++) {
      await page.keyboard.press('j');
      await becomes(`the focus on row ${row}`, async () => (await focused()) === String(row));
    }
    await page.keyboard.press('k');
    await becomes('the focus one row up', async () => (await focused()) === '38');
    await page.keyboard.press('ArrowDown');
    await becomes('the focus one row down', async () => (await focused()) === '39');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/dashboard\/requests\/req_/);
    await page.context().close();
  });

  test('what is shown can be taken along as CSV and JSON', async () => {
    const page = await openDashboard(stage, { browser, path: '/requests?last=7d' });
    await links(page).first().waitFor();
    const take = async (item: string): Promise<string> => {
      await page.getByRole('button', { name: 'Export' }).click();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: item }).click(),
      ]);
      return readFile(await file.path(), 'utf8');
    };
    const rows = JSON.parse(await take('Rows as JSON')) as { id: string }[];
    const lines = (await take('Rows as CSV')).trim().split('\r\n');
    expect(rows.length).toBeGreaterThan(10);
    expect(lines[0]).toMatch(/^id,time,client,/);
    expect(lines).toHaveLength(rows.length + 1);
    expect(lines[1]?.startsWith(`${rows[0]?.id},`)).toBe(true);
    await page.context().close();
  });

  test('names from outside stay text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const [refused] = await stage.ask(1, { model: name, format: 'openai-chat', client: 'alice' });
    expect(refused?.status).toBeGreaterThanOrEqual(400);
    const page = await openDashboard(stage, { browser, path: '/requests' });
    await table(page).getByText(name).first().waitFor();
    expect(await table(page).locator('img').count()).toBe(0);
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test.each(['tablet', 'phone'] as const)('nothing runs out of the window of a %s', async (screen) => {
    const page = await openDashboard(stage, {
      browser,
      path: '/requests?last=30d',
      width: SCREENS[screen][0],
    });
    await links(page).first().waitFor();
    expect(await isWithinWindow(page)).toBe(true);
    await links(page).first().click();
    await page.waitForURL(/\/dashboard\/requests\/req_/);
    await visit(page, '/requests?search=no-such-thing');
    await page.getByText('No requests fit').waitFor();
    await page.context().close();
  });
});
