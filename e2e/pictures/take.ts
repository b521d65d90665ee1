// Takes pictures of the dashboard on the stage, in both themes: of a gateway that has worked for a month and is at work.

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, launchBrowser, openDashboard, SCREENS, settled, visit } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { rehearse, type Scene, scenesOf } from './scenes.ts';

/** What is to be taken. */
export interface PictureWishes {
  readonly folder: string;
  /** Every page on three screens, or the best on one. */
  readonly all: boolean;
  /** Names of scenes; all of them where absent. */
  readonly only: readonly string[] | undefined;
}

/** A picture that was taken. */
export interface Picture {
  readonly name: string;
  readonly bytes: number;
}

const THEMES = ['light', 'dark'] as const;
type ScreenName = keyof typeof SCREENS;
const PAST_ROWS = 24_000;
const STREAMS = 7;

/** Takes them and answers what was written. */
export async function takePictures({ folder, all, only }: PictureWishes): Promise<readonly Picture[]> {
  if (!hasBrowser()) return [];
  await mkdir(folder, { recursive: true });
  const stage = await startStage({ past: PAST_ROWS, naming: 'vendors', flaky: 'well', accounts: 'well' });
  const browser = await launchBrowser();
  try {
    const finds = await rehearse(stage);
    const scenes = scenesOf(finds).filter(({ name, best }) => only?.includes(name) ?? (all || best));
    const screens: readonly ScreenName[] = all ? ['desk', 'tablet', 'phone'] : ['desk'];
    const taken: Picture[] = [];
    const stop = stage.stream(STREAMS);
    for (const screen of screens)
      for (const theme of THEMES)
        taken.push(...(await takeSeries(stage, browser, scenes, { folder, screen, theme })));
    await stop();
    if (all) taken.push(...(await takeFirstRun(browser, folder)));
    return taken;
  } finally {
    await browser.close();
    await stage.stop();
  }
}

interface Series {
  readonly folder: string;
  readonly screen: ScreenName;
  readonly theme: (typeof THEMES)[number];
}

/** Every scene in one visit. */
async function takeSeries(
  stage: Stage,
  browser: Browser,
  scenes: readonly Scene[],
  { folder, screen, theme }: Series,
): Promise<Picture[]> {
  const [width] = SCREENS[screen];
  const page = await openDashboard(stage, { browser, theme, width });
  const taken: Picture[] = [];
  for (const { name, path } of scenes) {
    await visit(page, path);
    await ready(page, name);
    taken.push(await take(page, folder, fileName(name, screen, theme)));
  }
  await page.context().close();
  return taken;
}

/** Waits for what a page shows only after a moment. */
async function ready(page: Page, name: string): Promise<void> {
  // Rates are known when streams have been seen for a while.
  if (name === 'live') await page.waitForTimeout(4_000);
  await settled(page);
  // Charts are drawn when their place is known.
  await page.waitForTimeout(400);
}

/** What somebody sees who has just installed it. */
async function takeFirstRun(browser: Browser, folder: string): Promise<Picture[]> {
  const stage = await startStage({ empty: true });
  try {
    const taken: Picture[] = [];
    for (const screen of ['desk', 'phone'] as const)
      for (const theme of THEMES) {
        const [width] = SCREENS[screen];
        const page = await openDashboard(stage, { browser, theme, width });
        for (const [name, path] of [
          ['first-run', '/'],
          ['welcome', '/welcome'],
          ['requests-empty', '/requests'],
        ] as const) {
          await visit(page, path);
          await page.waitForTimeout(400);
          taken.push(await take(page, folder, fileName(name, screen, theme)));
        }
        await page.context().close();
      }
    return taken;
  } finally {
    await stage.stop();
  }
}

const fileName = (name: string, screen: ScreenName, theme: string): string =>
  `${name}-${theme}${screen === 'desk' ? '' : `-${screen}`}.png`;

async function take(page: Page, folder: string, name: string): Promise<Picture> {
  const path = join(folder, name);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide', scale: 'css' });
  return { name, bytes: (await stat(path)).size };
}
