// The System page in a real browser: how the gateway is, and what can be done about it.

import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, openDashboard, settled } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';

describe.runIf(hasBrowser())('System', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 300, flaky: 'well' }), launchBrowser()]);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  const card = (page: Page, title: string) =>
    page
      .locator('section')
      .filter({ has: page.getByRole('heading', { level: 2, name: title, exact: true }) });
  const open = (path = '/system'): Promise<Page> => openDashboard(stage, { browser, path });

  test('shows the process and the ledger as they are', async () => {
    const page = await open();
    const { json } = await stage.admin('GET', '/status');
    const { version, storage } = json as { version: string; storage: { rows: number } };
    await card(page, 'Health').getByText(version, { exact: true }).waitFor();
    await card(page, 'Health').getByText('Ready', { exact: true }).waitFor();
    await card(page, 'Ledger').getByText(storage.rows.toLocaleString('en-US'), { exact: true }).waitFor();
    await page.context().close();
  });

  test('a capture is opened, catches what comes, leads to it, and is closed', async () => {
    const page = await open();
    const captures = card(page, 'Captures');
    await captures.getByLabel('How long').selectOption({ label: '5 min' });
    await captures.getByRole('button', { name: 'Capture now' }).click();
    await captures.getByText('Capturing', { exact: true }).waitFor();
    const [answer] = await stage.ask(1, { model: 'gpt-5-mini', client: 'alice' });
    const link = captures.getByRole('link', { name: answer?.id ?? '' });
    await link.waitFor({ timeout: 30_000 });
    await captures.getByRole('button', { name: 'Stop capturing' }).click();
    await captures.getByText('Not capturing', { exact: true }).waitFor();
    await link.click();
    await page.waitForURL(`**/dashboard/requests/${answer?.id}`);
    await page.context().close();
  });

  test('answers of one model are purged, after a question', async () => {
    const page = await open('/system?tab=purge');
    const { json } = await stage.admin('GET', '/status');
    const hasCache = (json as { cache: unknown }).cache !== null;
    const dialog = page.getByRole('dialog', { name: 'Purge the response cache' });
    if (!hasCache) {
      await card(page, 'Response cache').getByText('Switched off.', { exact: false }).waitFor();
      expect(await dialog.isVisible()).toBe(false);
    } else {
      await dialog.getByText('Of a model').click();
      await dialog.getByRole('button', { name: 'Purge', exact: true }).click();
      await dialog.getByText('Say which.').waitFor();
      await dialog.getByLabel('Its name').fill('gpt-5-mini');
      await dialog.getByRole('button', { name: 'Purge', exact: true }).click();
      await page.getByText(/answers were purged/).waitFor();
    }
    await page.context().close();
  });

  test('what was changed stands in the audit log, with who has done it', async () => {
    const page = await open();
    await page.getByLabel('Level').selectOption('warn');
    await page.getByText('The log says “warn” and above now.').waitFor();
    const line = page.getByRole('row').filter({ hasText: 'log.set-level' }).first();
    await line.getByText('→ warn', { exact: false }).waitFor();
    await line.getByText('session', { exact: false }).waitFor();
    await page.context().close();
  });

  test('a one-time link signs another browser in', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const url = await page.getByRole('region', { name: 'One-time link' }).locator('pre').textContent();
    const other = await (await browser.newContext()).newPage();
    await other.goto(url ?? '');
    await settled(other);
    await other.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await Promise.all([other.context().close(), page.context().close()]);
  });

  test('a new admin key is shown once, keeps this browser in, and puts all others out', async () => {
    const [page, other] = [await open(), await open()];
    await page.getByRole('button', { name: 'New admin key …' }).click();
    await page.getByRole('button', { name: 'Make the key' }).click();
    const shown = page.getByRole('region', { name: 'The new admin key' });
    const key = (await shown.locator('pre').textContent()) ?? '';
    expect(key).toMatch(/^sk-sluice-admin-/);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await shown.waitFor({ state: 'hidden' });
    expect(await page.content()).not.toContain(key);
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByRole('region', { name: 'One-time link' }).waitFor();
    await other.getByLabel('Admin key').waitFor({ timeout: 30_000 });
    await other.getByLabel('Admin key').fill(key);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('heading', { level: 1, name: 'System' }).waitFor();
    await Promise.all([other.context().close(), page.context().close()]);
  });
});
