// The first run in a real browser: a gateway without anything, until the first request has arrived.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, openDashboard, SCREENS } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';

const KEY = 'sk-first-run-73cc01d9e2';
const VARIABLE = 'MISTRAL_API_KEY';

describe.runIf(hasBrowser())('The first run', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ empty: true }), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await stage.stop();
  });

  test('the demo model answers before there is any key, and the request arrives in the guide', async () => {
    const page = await openDashboard(stage, { browser, path: '/welcome' });
    await page.getByText('built-in demo model', { exact: false }).waitFor();
    expect(await page.getByRole('region', { name: 'Request with curl' }).textContent()).toContain(
      `${stage.origin}/v1/chat/completions`,
    );
    await page.getByRole('button', { name: 'Send it from here' }).click();
    const arrived = page.getByRole('list', { name: 'Requests that have arrived' }).getByRole('listitem');
    await arrived.first().waitFor();
    await expect.poll(() => arrived.first().textContent()).toContain('playground');
    await expect.poll(() => page.getByLabel('Answer', { exact: true }).textContent()).not.toBe('');
    await page.context().close();
  });

  test('a key is added and tested, a request goes to it, and the guide leads to the request', async () => {
    const page = await openDashboard(stage, { browser, path: '/welcome' });
    await page.getByLabel('Provider').selectOption('openai-compatible');
    await page.getByLabel('Base URL').fill(`${stage.providers.workshop.origin}/v1`);
    await page.getByRole('textbox', { name: 'Keys' }).fill(KEY);
    await page.getByRole('button', { name: 'Add and test' }).click();
    await page.getByText('accepts the key', { exact: false }).waitFor();
    await page.getByText('It offers 1 model.').waitFor();
    await page.getByLabel('Model', { exact: true }).fill('qwen3-coder');
    await page.getByRole('button', { name: 'Send it from here' }).click();
    const arrived = page.getByRole('list', { name: 'Requests that have arrived' }).getByRole('listitem');
    await arrived.filter({ hasText: 'openai-compatible' }).first().waitFor();
    expect(await page.content()).not.toContain(KEY);
    await arrived.first().getByRole('link', { name: 'Look at it' }).click();
    await page.waitForURL(/\/dashboard\/requests\/req_/);
    const { json } = await stage.admin('GET', '/status');
    expect(json).toMatchObject({ demo: false });
    await page.context().close();
  });

  test('the guide fits a phone, and is left by one press', async () => {
    const page = await openDashboard(stage, {
      browser,
      path: '/welcome',
      width: SCREENS.phone[0],
      theme: 'dark',
    });
    const [inner, scrolled] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    expect(scrolled).toBeLessThanOrEqual(inner ?? 0);
    await page.getByRole('link', { name: 'To the overview' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.context().close();
  });
});

describe.runIf(hasBrowser())('The first run with a key in the environment', () => {
  test('the guide names the variable that is in use, and never its value', async () => {
    const stage = await startStage({ empty: true, env: { [VARIABLE]: KEY } });
    const browser = await launchBrowser();
    try {
      const page = await openDashboard(stage, { browser, path: '/welcome' });
      await page.getByText(VARIABLE, { exact: true }).waitFor();
      await page.getByText('in use as mistral').waitFor();
      expect(await page.content()).not.toContain(KEY);
    } finally {
      await browser.close();
      await stage.stop();
    }
  });
});
