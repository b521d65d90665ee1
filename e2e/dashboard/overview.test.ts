// The overview in a real browser, on a gateway with thirty days behind it.

import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  complaintsOf,
  foreignRequestsOf,
  hasBrowser,
  launchBrowser,
  openDashboard,
  settled,
} from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly attempts: number;
}

/** What a card of the overview says. */
const figure = (page: Page, name: string): Locator =>
  page
    .getByRole('region', { name: 'Figures of the period' })
    .getByRole('listitem')
    .filter({ has: page.getByText(name, { exact: true }) });

const chart = (page: Page): Locator => page.getByRole('slider', { name: /over time$/ });

/** The stretch of time in the address. */
function stretchIn(page: Page): { readonly from: number; readonly to: number } | undefined {
  const { searchParams } = new URL(page.url());
  const [from, to] = [searchParams.get('from'), searchParams.get('to')];
  return from === null || to === null ? undefined : { from: Number(from), to: Number(to) };
}

describe.skipIf(!hasBrowser())('The overview', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 2_000, flaky: 'well' }), launchBrowser()]);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  const open = (path: string, more: Partial<Parameters<typeof openDashboard>[1]> = {}): Promise<Page> =>
    openDashboard(stage, { browser, path, ...more });

  test('11.2 shows what the ledger knows of the period, in numbers as people write them', async () => {
    const page = await open('/?last=30d');
    const { json } = await stage.admin('GET', '/overview?last=30d');
    const { totals } = json as { readonly totals: Totals };
    await figure(page, 'Requests')
      .getByText(totals.requests.toLocaleString('en-US'), { exact: true })
      .waitFor();
    await figure(page, 'Requests')
      .getByText(`${totals.attempts.toLocaleString('en-US')} attempts`)
      .waitFor();
    await figure(page, 'Errors').getByText(String(totals.errors), { exact: true }).waitFor();
    for (const name of [
      'Success rate',
      'Cost',
      'Cache savings',
      'Tokens',
      'First output',
      'Latency',
      'Output speed',
    ])
      expect(await figure(page, name).count(), name).toBe(1);
    // Nothing lies before the thirty days that the ledger knows.
    await figure(page, 'Requests').getByText('no data before').waitFor();
    await figure(page, 'Cost')
      .getByRole('link', { name: /without a price/ })
      .click();
    await page.waitForURL(/\/models\?.*tab=unpriced/);
    expect(complaintsOf(page)).toEqual([]);
    expect(foreignRequestsOf(page, stage.origin)).toEqual([]);
    await page.context().close();
  });

  test('11.3 groups lead to their requests; providers are the sums of their upstreams', async () => {
    const page = await open('/?last=30d');
    const table = page.getByRole('region', { name: 'Where it went' }).getByRole('table');
    await table.getByRole('link', { name: 'steady', exact: true }).waitFor();
    await page.getByRole('radio', { name: 'Provider' }).check({ force: true });
    await table.getByRole('link', { name: 'Anthropic', exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('tab')).toBe('provider');
    await page.getByRole('radio', { name: 'Client' }).check({ force: true });
    await table.getByRole('link', { name: 'alice', exact: true }).click();
    await page.waitForURL(/\/requests\?/);
    expect(decodeURIComponent(page.url())).toContain('alice');
    expect(page.url()).toContain('last=30d');
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('11.4 drawing over the chart looks closer, with the buckets that suit, and Back leads back', async () => {
    const page = await open('/?last=7d');
    await page.getByText('Buckets of 2 h').waitFor();
    const box = await chart(page).boundingBox();
    if (box === null) throw new Error('The chart has no place.');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.5, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.55, y, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 4 });
    await page.mouse.up();
    const chosen = await until(
      async () => stretchIn(page),
      () => `Nothing was chosen: ${page.url()}`,
    );
    expect(chosen.to - chosen.from).toBeLessThan(24 * 3_600_000);
    expect(chosen.from % (2 * 3_600_000)).toBe(0);
    await page.getByText('Buckets of 30 min').waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByText('Buckets of 2 h').waitFor();
    expect(stretchIn(page)).toBeUndefined();
    expect(new URL(page.url()).searchParams.get('last')).toBe('7d');
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('11.4 the keyboard does the same: arrows tell each bucket, Shift selects, Enter looks closer', async () => {
    const page = await open('/?last=24h');
    await page.getByText('Buckets of 30 min').waitFor();
    const slider = chart(page);
    await slider.focus();
    await page.keyboard.press('End');
    const said = await slider.getAttribute('aria-valuetext');
    expect(said).toMatch(/\d.+Well: [\d,]+, Client left: \d+, Failed: \d+/);
    for (const key of ['ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft']) await page.keyboard.press(key);
    expect(await slider.getAttribute('aria-valuetext')).toContain('selected:');
    await page.keyboard.press('Enter');
    const chosen = await until(
      async () => stretchIn(page),
      () => `Nothing was chosen: ${page.url()}`,
    );
    expect(chosen.to - chosen.from).toBe(3 * 30 * 60_000);
    await page.getByText('Buckets of 15 min').waitFor();
    await page.context().close();
  });

  test('the chart is split, its series are switched, and everything is there as a table', async () => {
    const page = await open('/?last=30d');
    await page.getByRole('combobox', { name: 'Split by' }).selectOption('upstream');
    const legend = page.getByRole('list', { name: 'Series' });
    const steady = legend.getByRole('button', { name: 'steady' });
    await steady.waitFor();
    const before = await page.getByRole('button', { name: 'As a table' }).getAttribute('aria-expanded');
    expect(before).toBe('false');
    await page.getByRole('button', { name: 'As a table' }).click();
    const table = page.getByRole('region', { name: 'Requests, over time' }).getByRole('table');
    await table.getByRole('columnheader', { name: 'steady' }).waitFor();
    expect(await table.getByRole('row').count()).toBeGreaterThan(30);
    await steady.click();
    expect(await steady.getAttribute('aria-pressed')).toBe('false');
    await table.getByRole('columnheader', { name: 'steady' }).waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'Latency' }).check({ force: true });
    await page.getByText(/medians/).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('the chart is drawn in the colours of the theme, also when that changes', async () => {
    const page = await open('/?last=30d', { theme: 'light' });
    /** Whether the first colour of series in a theme (style/main.css) is in the picture. */
    const has = (red: number, green: number, blue: number): Promise<boolean> =>
      chart(page)
        .locator('canvas')
        .evaluate(
          (canvas, wanted) => {
            // A copy is read: the picture's own canvas is made to be drawn on.
            const picture = canvas as HTMLCanvasElement;
            const copy = document.createElement('canvas');
            copy.width = picture.width;
            copy.height = picture.height;
            const context = copy.getContext('2d', { willReadFrequently: true });
            context?.drawImage(picture, 0, 0);
            const data = context?.getImageData(0, 0, copy.width, copy.height).data ?? [];
            for (let at = 0; at < data.length; at += 4)
              if (wanted.every((part, index) => data[at + index] === part)) return true;
            return false;
          },
          [red, green, blue] as const,
        );
    await until(
      async () => (await has(15, 143, 133)) || undefined,
      () => 'The chart is not drawn.',
    );
    expect(await has(45, 212, 191)).toBe(false);
    await page.emulateMedia({ colorScheme: 'dark' });
    await until(
      async () => (await has(45, 212, 191)) || undefined,
      () => 'The chart is as it was.',
    );
    expect(await has(15, 143, 133)).toBe(false);
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('what is unwell is told with its reason, and leads to where it can be mended', async () => {
    const page = await open('/');
    const state = page.getByRole('region', { name: 'State' });
    // Long enough for the slowest of machines to look at it meanwhile.
    stage.providers.flaky.retryAfterSeconds = 600;
    stage.providers.flaky.mood = 'limited';
    try {
      await stage.ask(3, { model: 'gpt-5.2', format: 'openai-chat', client: 'alice', together: 1 });
      await page.reload();
      await settled(page);
      const finding = state.getByRole('link', { name: /^flaky .*rate limit/i }).first();
      await finding.waitFor();
      await finding.click();
      await page.waitForURL(/\/upstreams\/flaky/);
    } finally {
      stage.providers.flaky.mood = 'well';
    }
    await page.context().close();
  });

  test('10.8 the title of the window tells the tokens that flow, and is quiet when nothing does', async () => {
    const page = await open('/');
    const stop = stage.stream(3);
    try {
      await page.waitForFunction(() => /^\d.* tok\/s · Overview · Sluice$/.test(document.title), undefined, {
        timeout: 30_000,
      });
      await page.getByText(/now ↑[\d,.K]+ ↓[\d,.K]+ tok\/s/).waitFor();
    } finally {
      await stop();
    }
    await page.waitForFunction(() => document.title === 'Overview · Sluice', undefined, { timeout: 40_000 });
    await page.context().close();
  });

  test('nothing runs out of the window, whatever its width', async () => {
    for (const width of [1440, 820, 390]) {
      const page = await open('/?last=7d', { width });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, String(width)).toBeLessThanOrEqual(0);
      const canvas = await chart(page).locator('canvas').boundingBox();
      expect((canvas?.x ?? 0) + (canvas?.width ?? width + 1), String(width)).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });
});

test.skipIf(!hasBrowser())('Where nothing is set up the overview leads to the first steps', async () => {
  const [stage, browser] = await Promise.all([startStage({ empty: true }), launchBrowser()]);
  try {
    const page = await openDashboard(stage, { browser });
    await page.getByRole('heading', { name: 'This gateway has no upstream yet' }).waitFor();
    await page.getByText('No requests in this period').waitFor();
    await page.getByRole('link', { name: 'Begin' }).click();
    await page.waitForURL(/\/dashboard\/welcome/);
    expect(complaintsOf(page)).toEqual([]);
  } finally {
    await browser.close();
    await stage.stop();
  }
});
