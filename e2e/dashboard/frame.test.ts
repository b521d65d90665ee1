// The frame around all pages, in a real browser: signing in and staying in, the keyboard, the palette, two languages, two
// themes, a phone, and a gateway that goes away and comes back.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { PAGES, type PageId } from '../../dashboard/src/app/pages.ts';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, SCREENS, settled } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';

const LIMIT_MS = 240_000;
/** What the heading of each page says, in English and in Chinese. */
const NAMES: Readonly<Record<PageId, readonly [en: string, zh: string]>> = {
  overview: ['Overview', '概览'],
  live: ['Live', '实时'],
  requests: ['Requests', '请求'],
  conversations: ['Conversations', '会话'],
  upstreams: ['Upstreams', '上游'],
  models: ['Models and prices', '模型与价格'],
  clients: ['Clients', '客户端'],
  playground: ['Playground', '试验场'],
  configuration: ['Configuration', '配置'],
  setup: ['Set-up', '接入'],
  system: ['System', '系统'],
};
const ADMIN_KEY = 'sk-sluice-admin-of-the-frame-5b2f8c';

describe.runIf(hasBrowser())('The frame', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([
      startStage({ past: 300, flaky: 'well', env: { SLUICE_ADMIN_KEY: ADMIN_KEY } }),
      launchBrowser(),
    ]);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  const stranger = async (address: string): Promise<Page> => {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
    await page.goto(address);
    return page;
  };
  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });
  const nameOf = (id: PageId, language: 'en' | 'zh' = 'en'): string => NAMES[id][language === 'en' ? 0 : 1];
  /** The navigation is shorter about one page. */
  const linkOf = (id: PageId): string => (id === 'models' ? 'Models' : nameOf(id));
  const signIn = async (page: Page, key: string): Promise<void> => {
    await page.getByLabel('Admin key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const endSession = (page: Page): Promise<void> => page.context().clearCookies();

  test('11.12 a wrong key is refused in words, the right one leads to the page that was wanted', async () => {
    const page = await stranger(`${stage.origin}/dashboard/models?last=7d`);
    await heading(page, 'Sign in to Sluice').waitFor();
    await signIn(page, 'sk-wrong');
    await page.getByText('This is not the admin key of this gateway.').waitFor();
    await signIn(page, ADMIN_KEY);
    await heading(page, nameOf('models')).waitFor();
    expect(page.url()).toContain('/dashboard/models?last=7d');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: 'sluice_session', httpOnly: true, sameSite: 'Strict' });
    await page.context().close();
  });

  test('11.12 a link signs one browser in; for the next it is used, and it stays in no address', async () => {
    const link = await stage.link();
    const first = await stranger(link);
    await heading(first, nameOf('overview')).waitFor();
    expect(first.url()).not.toContain('login');
    const second = await stranger(link);
    await second.getByText('This link was used already', { exact: false }).waitFor();
    await first.goto(link);
    await heading(first, nameOf('overview')).waitFor();
    await Promise.all([first.context().close(), second.context().close()]);
  });

  test('11.12 a session that ends leads to the sign-in, and from there to the same address', async () => {
    const page = await openDashboard(stage, { browser, path: '/requests?last=7d' });
    const { search } = new URL(page.url());
    await endSession(page);
    await page.getByText('The session has ended.', { exact: false }).waitFor({ timeout: 30_000 });
    await signIn(page, ADMIN_KEY);
    await heading(page, nameOf('requests')).waitFor();
    expect(new URL(page.url())).toMatchObject({ pathname: '/dashboard/requests', search });
    await page.context().close();
  });

  test('every page is reached by "g" and its letter, and by Tab and Enter', {
    timeout: LIMIT_MS,
  }, async () => {
    const page = await openDashboard(stage, { browser, path: '/system' });
    for (const { id, key } of PAGES) {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await heading(page, nameOf(id)).waitFor();
      expect(await page.title()).toContain('Sluice');
    }
    const nav = page.getByRole('navigation', { name: 'Pages' });
    await nav.getByRole('link', { name: nameOf('overview'), exact: true }).focus();
    for (const { id } of PAGES) {
      const link = nav.getByRole('link', { name: linkOf(id), exact: true });
      for (let presses = 0; presses < 3 && !(await isFocused(link)); presses += 1)
        await page.keyboard.press('Tab');
      expect(await isFocused(link), id).toBe(true);
      await page.keyboard.press('Enter');
      await heading(page, nameOf(id)).waitFor();
    }
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('"/" leads to the search of a page, "?" to the keys, and letters in a field stay letters', async () => {
    const page = await openDashboard(stage, { browser, path: '/requests' });
    await page.keyboard.press('/');
    const field = page.locator('[data-search]').first();
    expect(await isFocused(field)).toBe(true);
    await page.keyboard.type('go?');
    expect(await field.inputValue()).toBe('go?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await field.fill('');
    await field.blur();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
    await page.context().close();
  });

  test('the palette finds pages, upstreams and things to do, by the keyboard alone', async () => {
    const page = await openDashboard(stage, { browser });
    const run = async (typed: string): Promise<void> => {
      await page.keyboard.press('Control+k');
      const box = page.getByRole('combobox', { name: 'Go to or do …' });
      await box.fill(typed);
      await page.getByRole('listbox').getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
      await box.waitFor({ state: 'hidden' });
    };
    await run('playgr');
    await heading(page, nameOf('playground')).waitFor();
    await run('steady upstr');
    await page.waitForURL('**/dashboard/upstreams/steady');
    await run('add an upstream');
    await page.getByRole('dialog', { name: 'Add an upstream' }).waitFor();
    await page.waitForURL((url) => !url.search.includes('tab'));
    await page.keyboard.press('Escape');
    await run('capture for');
    await page.getByText('Requests of the next 30 seconds are captured.').waitFor();
    await run('theme dark');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.context().close();
  });

  test('11.11 every page speaks Chinese when it is told to', { timeout: LIMIT_MS }, async () => {
    const page = await openDashboard(stage, { browser });
    await page.getByRole('button', { name: 'Settings of this page' }).click();
    await page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await heading(page, nameOf('overview', 'zh')).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans');
    for (const { id, path } of PAGES) {
      await page.goto(`${stage.origin}/dashboard${path}`);
      await settled(page);
      await heading(page, nameOf(id, 'zh')).waitFor();
      // What is named the same in both languages stands for itself, as do the members of the configuration; every other
      // heading of a card has been translated.
      const headings = await page.getByRole('heading', { level: 2 }).allTextContents();
      const known = ['curl', 'flaky', 'gemini', 'second', 'steady', 'workshop', 'Sluice'];
      const isMember = (words: string): boolean => id === 'configuration' && /^[a-z][A-Za-z]*$/.test(words);
      const english = headings.filter(
        (words) => /^[\x20-\x7e]+$/.test(words) && !known.includes(words) && !isMember(words),
      );
      expect(english, id).toEqual([]);
    }
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('the dark theme is dark on every page', { timeout: LIMIT_MS }, async () => {
    const page = await openDashboard(stage, { browser, theme: 'dark' });
    for (const { path } of PAGES) {
      await page.goto(`${stage.origin}/dashboard${path}`);
      await settled(page);
      expect(await brightness(page), path).toBeLessThan(64);
    }
    await page.context().close();
    const light = await openDashboard(stage, { browser, theme: 'light' });
    expect(await brightness(light)).toBeGreaterThan(200);
    await light.context().close();
  });

  test('on a phone the menu leads to every page, and none is wider than it', {
    timeout: LIMIT_MS,
  }, async () => {
    const page = await openDashboard(stage, { browser, width: SCREENS.phone[0] });
    for (const { id } of PAGES) {
      await page.getByRole('button', { name: 'Open the menu' }).click();
      const drawer = page.getByRole('dialog', { name: 'Sluice' });
      await drawer.getByRole('link', { name: linkOf(id), exact: true }).click();
      await heading(page, nameOf(id)).waitFor();
      await drawer.waitFor({ state: 'hidden' });
      await settled(page);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, id).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  });

  test('an address that leads nowhere says so, with a way out', async () => {
    const page = await openDashboard(stage, { browser, path: '/no/such/page' });
    await heading(page, 'There is no such page').waitFor();
    await page.getByRole('link', { name: 'To the overview' }).click();
    await heading(page, nameOf('overview')).waitFor();
    await page.context().close();
  });

  test('a restart of the gateway is told, outlasted, and asks nobody to sign in again', {
    timeout: LIMIT_MS,
  }, async () => {
    const page = await openDashboard(stage, { browser, path: '/system' });
    await stage.restart(async () => {
      await page
        .getByText('The gateway does not answer.', { exact: false })
        .first()
        .waitFor({ timeout: 60_000 });
      await page.getByText('Connecting again …').waitFor();
      // What was loaded stays readable.
      expect(await heading(page, nameOf('system')).isVisible()).toBe(true);
    });
    await page
      .getByText('The gateway does not answer.', { exact: false })
      .first()
      .waitFor({ state: 'hidden', timeout: 60_000 });
    await page.getByText('Connecting again …').waitFor({ state: 'hidden', timeout: 60_000 });
    expect(await heading(page, nameOf('system')).isVisible()).toBe(true);
    // The CSRF token is another one now; a change is made all the same.
    await page.getByLabel('Level').selectOption('debug');
    await page.getByText('The log says “debug” and above now.').waitFor();
    const kept = await readFile(join(stage.folder, 'data', 'sluice', 'sessions.json'), 'utf8');
    const [cookie] = await page.context().cookies();
    expect(kept).toContain('"sessions"');
    expect(kept).not.toContain(cookie?.value ?? 'a cookie');
    await page.context().close();
  });
});

function isFocused(element: ReturnType<Page['locator']>): Promise<boolean> {
  return element.evaluate((one) => one === document.activeElement);
}

/** Of the page behind everything, 0 to 255. */
function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const [red = 0, green = 0, blue = 0] = (
      getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? []
    ).map(Number);
    return (red + green + blue) / 3;
  });
}
