// What measure.mjs prints, as it is measured in the browser.

import type { Page } from 'playwright-core';
import { launchBrowser, openDashboard, settled } from '../../kit/browser.ts';
import { type Stage, startStage } from '../../kit/stage/stage.ts';
import { keepPace } from './pace.ts';

/** Of several visits, each with nothing cached. */
export interface PaintFigures {
  readonly firstPaintMs: readonly number[];
  readonly readyMs: readonly number[];
  /** Of one visit. */
  readonly bytes: number;
}

/** Opens the overview of a gateway with a past so many times. */
export async function firstPaint(visits: number): Promise<PaintFigures> {
  const stage = await startStage({ past: 5_000 });
  const browser = await launchBrowser();
  const firstPaintMs: number[] = [];
  const readyMs: number[] = [];
  let bytes = 0;
  try {
    for (let visit = 0; visit < visits; visit++) {
      const page = await openDashboard(stage, { browser });
      const seen = await page.evaluate(() => ({
        paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
        nowMs: performance.now(),
        bytes: performance
          .getEntriesByType('resource')
          .filter(({ name }) => name.includes('/dashboard/'))
          .reduce(
            (sum, entry) => sum + (entry instanceof PerformanceResourceTiming ? entry.transferSize : 0),
            0,
          ),
      }));
      firstPaintMs.push(seen.paintMs);
      readyMs.push(seen.nowMs);
      bytes = seen.bytes;
      await page.context().close();
    }
  } finally {
    await browser.close();
    await stage.stop();
  }
  return { firstPaintMs, readyMs, bytes };
}

/** Of the live page. */
export interface LiveFigures {
  readonly seconds: number;
  /** Requests that ended meanwhile. */
  readonly sent: number;
  /** Events of ended requests that reached the page. */
  readonly received: number;
  /** Events that the gateway said it left out. */
  readonly told: number;
  readonly frames: number;
  /** Between two frames, where it was more than 50 ms. */
  readonly gaps: readonly number[];
  readonly longTasks: readonly number[];
  readonly cpuSeconds: number;
}

const STREAMS = 12;

/** Looks at the live page while so many requests a minute end and some streams flow. */
export async function livePage(load: { perMinute: number; seconds: number }): Promise<LiveFigures> {
  const stage = await startStage({ past: 0, flaky: 'well' });
  const browser = await launchBrowser();
  try {
    const page = await openDashboard(stage, { browser, path: '/live', motion: true });
    const heard = await countEvents(page);
    const stop = stage.stream(STREAMS, { model: 'claude-sonnet-4-5', client: 'alice', tokens: 600 });
    await warmUp(stage);
    await page.waitForTimeout(2_000);
    const scriptSeconds = await watchScripts(page);
    await page.evaluate(watchFrames);
    const receivedBefore = heard.ended;
    const startedMs = performance.now();
    const sent = await keepPace(stage, load);
    const seconds = (performance.now() - startedMs) / 1_000;
    const seen = await page.evaluate(() => window.frameWatch);
    const cpuSeconds = await scriptSeconds();
    // The last ones are told of within a second.
    await page.waitForTimeout(1_000);
    await stop();
    return {
      seconds,
      sent,
      received: heard.ended - receivedBefore,
      told: heard.dropped,
      cpuSeconds,
      ...seen,
    };
  } finally {
    await browser.close();
    await stage.stop();
  }
}

/** The question that is asked again and again is answered by the response cache from now on. */
async function warmUp(stage: Stage): Promise<void> {
  await keepPace(stage, { perMinute: 600, seconds: 1 });
}

/** Counts what comes over the page's own stream of events, as the debugger sees it. */
async function countEvents(page: Page): Promise<{ readonly ended: number; readonly dropped: number }> {
  const heard = { ended: 0, dropped: 0 };
  const debug = await page.context().newCDPSession(page);
  debug.on('Network.eventSourceMessageReceived', ({ eventName, data }) => {
    if (eventName === 'exchange') heard.ended++;
    if (eventName === 'dropped') heard.dropped += Number(JSON.parse(data).events);
  });
  await debug.send('Network.enable');
  // The stream was opened before anybody looked.
  await page.reload();
  await settled(page);
  return heard;
}

/** Answers how to ask how long the page's scripts have run since now. */
async function watchScripts(page: Page): Promise<() => Promise<number>> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('Performance.enable');
  const seconds = async (): Promise<number> => {
    const { metrics } = await debug.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN;
  };
  const before = await seconds();
  return async () => (await seconds()) - before;
}

declare global {
  interface Window {
    frameWatch: { frames: number; gaps: number[]; longTasks: number[] };
  }
}

/** Runs in the page: notes frames that come late and tasks that take long. */
function watchFrames(): void {
  const watch = { frames: 0, gaps: [] as number[], longTasks: [] as number[] };
  window.frameWatch = watch;
  let lastMs = performance.now();
  const frame = (nowMs: number): void => {
    watch.frames++;
    if (nowMs - lastMs > 50) watch.gaps.push(nowMs - lastMs);
    lastMs = nowMs;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watch.longTasks.push(duration);
  }).observe({ type: 'longtask' });
}

/** Of the list of requests. */
export interface TableFigures {
  readonly rows: number;
  readonly firstMs: readonly number[];
  readonly scrollMs: readonly number[];
  readonly searchMs: readonly number[];
  /** How long the browser waited for each page of rows: the part of the gateway in scrollMs. */
  readonly answerMs: readonly number[];
}

/** Scrolls through the list of a ledger that is there already, a page of rows at a time. */
export async function requestsTable(database: string, pages: number): Promise<TableFigures> {
  const stage = await startStage({ database });
  const browser = await launchBrowser();
  try {
    const status = (await stage.admin('GET', '/status')).json as { storage: { rows: number } }; // As the contract says.
    const firstMs: number[] = [];
    const searchMs: number[] = [];
    const scrollMs: number[] = [];
    const page = await openDashboard(stage, { browser, path: '/requests?last=90d' });
    for (let visit = 0; visit < 5; visit++) firstMs.push(await opened(page, stage, ''));
    for (let visit = 0; visit < 5; visit++)
      searchMs.push(await opened(page, stage, `&search=model-${visit}`));
    await opened(page, stage, '');
    for (let at = 0; at < pages; at++) scrollMs.push(await page.evaluate(scrollOn));
    const answerMs = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => /\/exchanges\?.*before=/.test(name))
        .map(({ duration }) => duration),
    );
    return { rows: status.storage.rows, firstMs, scrollMs, searchMs, answerMs };
  } finally {
    await browser.close();
    await stage.stop();
  }
}

/** From the address to the first rows. */
async function opened(page: Page, { origin }: Stage, more: string): Promise<number> {
  await page.goto(`${origin}/dashboard/requests?last=90d${more}`);
  await page.locator('#content a[href*="/requests/req_"]').first().waitFor();
  return page.evaluate(() => performance.now());
}

/** Runs in the page: goes to the end of what is loaded, and waits until more of it is shown. Milliseconds. */
async function scrollOn(): Promise<number> {
  const scrolls = (element: Element): boolean =>
    element.scrollHeight > element.clientHeight + 200 &&
    /auto|scroll/.test(getComputedStyle(element).overflowY);
  const all = Array.from(document.querySelectorAll('#content *'));
  const scroller = all.find(scrolls) ?? document.scrollingElement;
  if (scroller === null || scroller === undefined) throw new Error('Nothing scrolls.');
  const sizeBefore = scroller.scrollHeight;
  const startedMs = performance.now();
  scroller.scrollTop = scroller.scrollHeight;
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  while (scroller.scrollHeight <= sizeBefore) {
    await frame();
    if (performance.now() - startedMs > 20_000) throw new Error('No more rows come.');
  }
  await frame();
  return performance.now() - startedMs;
}
