// Clients in the browser: made with a key that is shown once and works, changed, locked out, given another key, and removed.

import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, visit } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';

const LIMIT_MS = 120_000;

describe.skipIf(!hasBrowser())('The page of clients', { timeout: LIMIT_MS }, () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let key = '';
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 1_500 }), launchBrowser()]);
    // Where a month has just begun, nothing of the past lies in it.
    await stage.ask(1, { model: 'gpt-5-mini', client: 'ci' });
    page = await openDashboard(stage, { browser, path: '/clients?last=30d' });
    return async () => {
      await browser.close();
      await stage.stop();
    };
  }, LIMIT_MS);

  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const row = (name: RegExp): Locator => page.getByRole('row', { name });
  const gone = (): Promise<void> => page.getByRole('dialog').first().waitFor({ state: 'detached' });
  const act = async (id: string, what: string): Promise<void> => {
    await button(`Actions on ${id}`).click();
    await page.getByRole('menuitem', { name: what, exact: true }).click();
  };
  const opens = async (with_: string): Promise<number> => {
    const answer = await fetch(`${stage.origin}/v1/models`, {
      headers: { authorization: `Bearer ${with_}` },
    });
    await answer.text();
    return answer.status;
  };
  const shownKey = async (): Promise<string> => {
    const text = await page.getByRole('region', { name: 'Client key' }).textContent();
    await button('Done').click();
    await gone();
    return text ?? '';
  };

  test('shows what each may use, how its budgets stand, and what it has used', async () => {
    expect(await row(/^night-batch/).textContent()).toContain(
      'Models: gemini-*, gpt-5-mini, cheap, and fast',
    );
    expect(await row(/^night-batch/).textContent()).toContain('Routes of its own: batch');
    const meters = row(/^ci /).getByRole('meter');
    await expect.poll(() => meters.count()).toBe(2);
    expect(await meters.last().getAttribute('aria-label')).toBe('Budget: This month');
    await expect
      .poll(async () => Number(await meters.last().getAttribute('aria-valuenow')))
      .toBeGreaterThan(0);
  });

  test('a new client gets a key that is shown once and works, within its scope', async () => {
    await button('Add a client').click();
    await button('Add and show its key').click();
    await page.getByText('Write an id.').waitFor();
    const field = (name: string): Locator => page.getByRole('textbox', { name, exact: true });
    await field('Id').fill('not good');
    await button('Add and show its key').click();
    // The gateway's own words, at the field that they are about.
    await expect.poll(() => field('Id').getAttribute('aria-invalid')).toBe('true');
    await field('Id').fill('laptop');
    await field('Models').fill('gpt-5-mini\nfast');
    await button('Add a budget').click();
    await field('US dollars').fill('2.5');
    await button('Add and show its key').click();
    await page.getByText('It is shown this once.').waitFor();
    await page.getByText(`${stage.origin}/v1`).first().waitFor();
    key = await shownKey();
    expect(key).toMatch(/^sk-sluice-/);
    expect(await page.locator('body').textContent()).not.toContain(key);
    expect(await opens(key)).toBe(200);
    await row(/^laptop/).waitFor();
    expect(await row(/^laptop/).textContent()).toContain('Models: gpt-5-mini and fast');
    expect(
      await row(/^laptop/)
        .getByRole('meter')
        .getAttribute('aria-valuetext'),
    ).toBe('$0 of $2.50');
  });

  test('is locked out, and let in again', async () => {
    await act('laptop', 'Disable');
    await row(/^laptop disabled/).waitFor();
    expect(await opens(key)).toBe(401);
    await act('laptop', 'Enable');
    await row(/^laptop disabled/).waitFor({ state: 'detached' });
    expect(await opens(key)).toBe(200);
  });

  test('is changed without touching what was not typed, and not over somebody else’s change', async () => {
    await act('laptop', 'Edit');
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Of the desk');
    await stage.admin('PATCH', '/clients/laptop', { limits: { rpm: 30 } });
    await button('Save').click();
    await page.getByText('Somebody has changed the configuration meanwhile.').waitFor();
    expect(await name.inputValue()).toBe('Of the desk');
    await button('Save').click();
    await gone();
    await row(/^laptop Of the desk/).waitFor();
    const { clients } = (await stage.admin('GET', '/clients')).json as {
      clients: { id: string; written: object }[];
    };
    expect(clients.find(({ id }) => id === 'laptop')?.written).toMatchObject({
      name: 'Of the desk',
      models: ['gpt-5-mini', 'fast'],
      limits: { rpm: 30 },
      budgets: [{ period: 'month', usd: 2.5 }],
    });
  });

  test('gets another key: the old one stops working at once', async () => {
    await act('laptop', 'New key');
    await button('Make a new key').click();
    const next = await shownKey();
    expect(next).not.toBe(key);
    expect([await opens(key), await opens(next)]).toEqual([401, 200]);
    key = next;
  });

  test('a client has a page with its use over time, its budgets, its models, and what it did last', async () => {
    await visit(page, '/clients/ci?last=30d');
    await page.getByRole('slider', { name: /Cost/ }).waitFor();
    await page
      .getByText(/^At the pace so far|^Too early|^Used up|^Nothing was spent/)
      .first()
      .waitFor();
    await page.getByRole('table').getByRole('link', { name: 'gpt-5-mini' }).first().waitFor();
    const errors = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Last errors' }) });
    expect(await errors.getByRole('listitem').first().textContent()).toMatch(/ago|yesterday/);
    await visit(page, '/clients/nobody');
    await page.getByText('There is no client “nobody”').waitFor();
  });

  test('is removed, and its key with it; the browser has nothing to complain of', async () => {
    await visit(page, '/clients/laptop');
    await act('laptop', 'Remove');
    await button('Remove').click();
    await page.getByRole('heading', { name: 'Clients', level: 1 }).waitFor();
    // It has asked for things, so that the ledger still knows it; nothing more can be done with it.
    await row(/^laptop removed/).waitFor();
    expect(await page.getByRole('button', { name: 'Actions on laptop' }).count()).toBe(0);
    expect(await opens(key)).toBe(401);
    // The browser writes down every answer that is an error, also those that the page expects.
    expect(complaintsOf(page).filter((words) => !/status of 4(?:12|22)/.test(words))).toEqual([]);
  });
});
