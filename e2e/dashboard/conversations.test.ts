// Conversations in a real browser: what a run of an agent cost, agent by agent and turn by turn.

import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, SCREENS } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

const there = hasBrowser();
/** With a slash, as some clients make them. */
const RUN = 'team/run 7';

const asked = { format: 'anthropic-messages', client: 'alice', conversation: RUN, tokens: 12 } as const;

describe.skipIf(!there)('Conversations', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 600, flaky: 'well' }), launchBrowser()]);
    await stage.ask(3, { ...asked, model: 'claude-sonnet-4-5', together: 1 });
    await stage.ask(2, { ...asked, model: 'claude-haiku-4-5', agent: 'explore-1', together: 1 });
    await until(
      async () => {
        const { json } = await stage.admin('GET', `/conversation?id=${encodeURIComponent(RUN)}`);
        return (json as { requests?: number }).requests === 5 ? true : undefined;
      },
      () => 'The ledger does not have the whole conversation.',
    );
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  test('the list shows runs with what they cost, and finds one by its id', async () => {
    const page = await openDashboard(stage, { browser, path: '/conversations?last=30d' });
    const table = page.getByRole('table', { name: 'Conversations' });
    await table.locator('[data-row-link]').first().waitFor();
    expect(await table.locator('tr[data-row]').count()).toBeGreaterThan(10);
    await page.keyboard.press('/');
    await page.keyboard.type(RUN);
    await until(
      async () => ((await table.locator('tr[data-row]').count()) === 1 ? true : undefined),
      () => 'The one conversation was not found.',
    );
    const words = await table.locator('tr[data-row]').textContent();
    expect(words).toContain('alice');
    expect(words).toMatch(/\$0\.\d+/);
    await table.locator('[data-row-link]').press('Enter');
    await page.getByRole('heading', { name: 'Conversation', exact: true }).waitFor();
    await page.getByText(RUN).waitFor();
    await page.context().close();
  });

  test('one run adds up turn by turn, agent by agent, to what it cost', async () => {
    const { json } = await stage.admin('GET', `/conversation?id=${encodeURIComponent(RUN)}`);
    const told = json as { costNanoUsd: number; requests: number };
    expect(told.requests).toBe(5);
    const page = await openDashboard(stage, { browser, path: `/conversations/${encodeURIComponent(RUN)}` });
    const turns = page.getByRole('table', { name: 'Turns' }).locator('tr[data-row]');
    await turns.nth(4).waitFor();
    const money = (text: string): number[] => [...text.matchAll(/\$([\d.]+)/g)].map(([, usd]) => Number(usd));
    let sum = 0;
    for (const words of await turns.allInnerTexts()) {
      const [cost = 0, running = 0] = money(words);
      sum += cost;
      expect(Math.abs(running - sum)).toBeLessThan(0.0005);
    }
    expect(Math.abs(sum - told.costNanoUsd / 1e9)).toBeLessThan(0.0005);
    const agents = page.getByRole('table').filter({ hasText: 'Share' });
    expect(await agents.getByRole('row').count()).toBe(3);
    await page.getByRole('img', { name: /Input tokens over 5 turns/ }).waitFor();
    await agents.getByRole('link', { name: 'explore-1' }).click();
    await page.waitForURL(/of=explore-1/);
    await until(
      async () => ((await turns.count()) === 2 ? true : undefined),
      () => 'The turns of the agent are not alone.',
    );
    await page.getByRole('link', { name: 'All agents' }).click();
    await page.getByRole('link', { name: 'As a list of requests' }).click();
    const list = page.getByRole('table', { name: 'Requests' }).locator('tr[data-row]');
    await list.nth(4).waitFor();
    expect(await list.count()).toBe(5);
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('a conversation that is not there is said to be none', async () => {
    const page = await openDashboard(stage, { browser, path: '/conversations/nobody-knows-it' });
    await page.getByRole('alert').getByText('The ledger has no exchange of this conversation.').waitFor();
    await page.context().close();
  });

  test.each(['tablet', 'phone'] as const)('nothing runs out of the window of a %s', async (screen) => {
    for (const path of ['/conversations?last=30d', `/conversations/${encodeURIComponent(RUN)}`]) {
      const page = await openDashboard(stage, { browser, path, width: SCREENS[screen][0] });
      await page.locator('tr[data-row]').first().waitFor();
      const within = await page.evaluate(
        () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
      );
      expect(within, path).toBe(true);
      await page.context().close();
    }
  });
});
