// A real browser for tests and pictures of the dashboard: Debian's Chromium, or the one that CHROMIUM names.

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { skipLoudly } from './availability.ts';
import { stageTimeZone } from './stage/past.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Widths that people have, with the height of such a screen. */
export const SCREENS = {
  desk: [1440, 900],
  tablet: [820, 1180],
  phone: [390, 844],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

/** Whether there is a browser. Says loudly when there is none: to be asked once in a file of tests. */
export function hasBrowser(): boolean {
  const found = existsSync(CHROMIUM);
  if (!found)
    skipLoudly(`There is no browser at ${CHROMIUM}.`, 'Install chromium, or set CHROMIUM to its path.');
  return found;
}

/** Starts the browser. */
export async function launchBrowser(): Promise<Browser> {
  // Memory that containers do not have is not asked for. Numbers and letters are drawn the same everywhere.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** How the dashboard is looked at. */
export interface Viewing {
  readonly browser: Browser;
  readonly theme?: 'light' | 'dark';
  /** In CSS pixels; 1440 where absent. */
  readonly width?: number;
  readonly height?: number;
  /** Below /dashboard, with its query; "/" where absent. */
  readonly path?: string;
  /** "en-US" where absent. */
  readonly locale?: string;
  /** Where it is the middle of an afternoon now, unless another zone is named. */
  readonly timeZone?: string;
  /** Whether things may move; they do not where absent, so that what is seen is what is there. */
  readonly motion?: boolean;
}

/** What can be opened: any gateway that hands out one-time links. */
export interface Openable {
  readonly origin: string;
  link(): Promise<string>;
}

const SETTLE_LIMIT_MS = 20_000;

/** Signs in by a one-time link in a browser context of its own, and waits until the page shows what it has to show. */
export async function openDashboard(gateway: Openable, viewing: Viewing): Promise<Page> {
  const { browser, theme = 'light', width = SCREENS.desk[0], path = '/', motion = false } = viewing;
  const usual = Object.values(SCREENS).find(([wide]) => wide === width)?.[1];
  const context = await browser.newContext({
    viewport: { width, height: viewing.height ?? usual ?? SCREENS.desk[1] },
    colorScheme: theme,
    locale: viewing.locale ?? 'en-US',
    timezoneId: viewing.timeZone ?? stageTimeZone(),
    reducedMotion: motion ? 'no-preference' : 'reduce',
  });
  const page = await context.newPage();
  complaintsOf(page);
  foreignRequestsOf(page, gateway.origin);
  const { hash } = new URL(await gateway.link());
  await page.goto(`${gateway.origin}/dashboard${path}${hash}`);
  await settled(page);
  return page;
}

/** Goes to another page of the dashboard, whose path stands below /dashboard. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/dashboard${path}`);
  await settled(page);
}

/** Waits until nothing of the page is still being loaded. The stream of events never ends, so quiet wires cannot tell. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const content = document.querySelector('#content');
      if (content === null || content.textContent.trim() === '') return false;
      return content.querySelector('[class*="animate-pulse"], [aria-busy="true"]') === null;
    },
    undefined,
    { timeout: SETTLE_LIMIT_MS },
  );
  await page.evaluate(async () => {
    await document.fonts.ready;
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
  });
}

const complaints = new WeakMap<Page, string[]>();

/** What the browser complains of while a page is used: errors of scripts and of the console, violations of the policy. */
export function complaintsOf(page: Page): readonly string[] {
  const known = complaints.get(page);
  if (known !== undefined) return known;
  const list: string[] = [];
  complaints.set(page, list);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') list.push(message.text());
  });
  page.on('pageerror', (error) => list.push(error.message));
  page.on('dialog', (dialog) => {
    list.push(`A dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return list;
}

const foreign = new WeakMap<Page, string[]>();

/** Addresses outside of the gateway that the page has asked for. */
export function foreignRequestsOf(page: Page, origin: string): readonly string[] {
  const known = foreign.get(page);
  if (known !== undefined) return known;
  const list: string[] = [];
  foreign.set(page, list);
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:data|blob|about):/.test(url)) list.push(url);
  });
  return list;
}
