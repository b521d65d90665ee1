// Models and prices in the browser: where a request would go, other names, and prices that are written so that they count.

import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PriceList, ShownPriceView } from '../../server/src/admin/contract.ts';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, visit } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';

const LIMIT_MS = 120_000;

describe.skipIf(!hasBrowser())('The page of models', { timeout: LIMIT_MS }, () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 1_500 }), launchBrowser()]);
    page = await openDashboard(stage, { browser, path: '/models' });
    return async () => {
      await browser.close();
      await stage.stop();
    };
  }, LIMIT_MS);

  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const field = (name: string): Locator => page.getByRole('textbox', { name, exact: true });
  const gone = (): Promise<void> => page.getByRole('dialog').first().waitFor({ state: 'detached' });
  const priceOf = async (upstream: string, model: string): Promise<ShownPriceView | null | undefined> => {
    // What the admin API answers to this path.
    const { prices } = (await stage.admin('GET', '/prices')).json as PriceList;
    return prices.find((one) => one.upstream === upstream && one.model === model)?.price;
  };

  test('lists what clients can ask for, and less for a client that may not use it all', async () => {
    const row = (name: RegExp): Locator => page.getByRole('row', { name });
    await row(/^smart alias steady → claude-sonnet-4-5/).waitFor();
    expect(await row(/^claude-opus-4-5 steady/).textContent()).toContain('$25.00');
    expect(await row(/^claude-opus-4-5 steady/).textContent()).toContain('200Kanswer 64K');
    await page.getByRole('combobox', { name: 'As seen by' }).selectOption('night-batch');
    await row(/^claude-opus-4-5/).waitFor({ state: 'detached' });
    expect(await row(/^fast alias/).count()).toBe(1);
    await page.getByRole('combobox', { name: 'As seen by' }).selectOption('Everyone');
    await page.getByRole('searchbox', { name: 'Search models' }).fill('gemini-2.5-p');
    await row(/^gpt-5\.2/).waitFor({ state: 'detached' });
    expect(await row(/^gemini-2\.5-pro/).count()).toBe(1);
  });

  test('explains where a request would go, and why a client would be refused', async () => {
    await visit(page, '/models?of=smart&last=30d');
    const drawer = page.getByRole('dialog', { name: 'smart' });
    const places = drawer.getByRole('list', { name: 'Where it goes' });
    await places.getByText('second · shared · claude-sonnet-4-5').waitFor();
    await drawer.getByText(/^Passed over/).click();
    await drawer.getByText(/workshop lists its models and aliases/).waitFor();
    await drawer.getByText('Counted under the model that answered: claude-sonnet-4-5.').waitFor();
    const known = await drawer.getByRole('term').allTextContents();
    expect(known.slice(known.indexOf('Context window')).slice(0, 2)).toEqual([
      'Context window',
      'Longest answer',
    ]);
    await drawer.getByText('200,000 tokens', { exact: true }).waitFor();
    await drawer.getByText('64,000 tokens', { exact: true }).waitFor();
    await drawer.getByRole('combobox', { name: 'Client' }).selectOption('night-batch');
    await drawer.getByText('The client "night-batch" may not use the model "smart".').waitFor();
    expect(await places.getByRole('listitem').count()).toBe(0);
    expect(await drawer.getByRole('link', { name: 'Try in the playground' }).getAttribute('href')).toContain(
      '/dashboard/playground?of=model',
    );
    await page.keyboard.press('Escape');
    await gone();
    await page.waitForURL((url) => !url.searchParams.has('of'));
  });

  test('11.8 a model that was used without a price gets one, and sees before what it would cost', async () => {
    await visit(page, '/models?tab=unpriced&last=30d');
    await button('Set a price for qwen3-coder').click();
    await button('Save the price').click();
    expect(await page.getByText('Needed.').count()).toBe(2);
    await field('Input').fill('0.5');
    await field('Output').fill('1,5');
    await page.getByText('Write a number such as 0.25.').waitFor();
    await field('Output').fill('1.5');
    await page.getByText('$0.00125').waitFor();
    await button('Save the price').click();
    await gone();
    expect(await priceOf('workshop', 'qwen3-coder')).toMatchObject({
      id: 'config:prices.models.workshop/qwen3-coder',
      origin: 'config',
      rates: { input: 0.5, output: 1.5 },
    });
  });

  test('11.8 a price for one model of a pattern counts before it, and the pattern again when it is removed', async () => {
    await visit(page, '/models?tab=prices');
    await button('Change the price of claude-haiku-4-5 (second)').click();
    await page.getByText('This price is written for “claude-*”.').waitFor();
    await field('Input').fill('1.1');
    await button('Save the price').click();
    await gone();
    expect(await priceOf('second', 'claude-haiku-4-5')).toMatchObject({
      rates: { input: 1.1, output: 16.5 },
    });
    expect(await priceOf('second', 'claude-sonnet-4-5')).toMatchObject({ rates: { input: 3.3 } });
    expect(await priceOf('second', 'gpt-5-mini')).toMatchObject({ rates: { input: 1.9 } });
    await button('Change the price of claude-haiku-4-5 (second)').click();
    await button('Remove this price').click();
    await button('Remove').click();
    await gone();
    expect(await priceOf('second', 'claude-haiku-4-5')).toMatchObject({
      id: 'config:upstreams.second.prices.claude-*',
      rates: { input: 3.3 },
    });
  });

  test('11.8 a price from the built-in list is overridden with its rates for long requests', async () => {
    await visit(page, '/models?tab=prices');
    await button('Change the price of claude-sonnet-4-5 (steady)').click();
    await field('Cache read').fill('0.25');
    // Somebody else changes the configuration meanwhile: nothing is written over, and what was typed stays.
    await stage.admin('PATCH', '/aliases', { elsewhere: 'gpt-5.2' });
    await button('Save the price').click();
    await page
      .getByRole('alert')
      .getByText(/changed the configuration meanwhile/)
      .waitFor();
    expect(await field('Cache read').inputValue()).toBe('0.25');
    await button('Save the price').click();
    await gone();
    const price = await priceOf('steady', 'claude-sonnet-4-5');
    expect(price).toMatchObject({ origin: 'config', rates: { input: 3, cacheRead: 0.25 } });
    expect(price?.tiers).toMatchObject([{ aboveInputTokens: 200_000, rates: { input: 6 } }]);
  });

  test('adds an alias, warns where nobody serves its model, and takes it out again', async () => {
    await visit(page, '/models?tab=aliases');
    await button('Add an alias').click();
    await field('Name that clients ask for').fill('fast');
    await page.getByText('There is an alias of this name already.').waitFor();
    await field('Name that clients ask for').fill('best');
    const target = page.getByRole('combobox', { name: 'Model that it stands for' });
    await target.fill('no-such-model');
    await page.getByText('No upstream would serve this model now').waitFor();
    await target.fill('gpt-5.2');
    await page.getByText('Served by flaky and second.').waitFor();
    await button('Save').click();
    await gone();
    await page.getByRole('row', { name: /^best gpt-5\.2/ }).waitFor();
    expect((await stage.admin('GET', '/aliases')).json).toMatchObject({ aliases: { best: 'gpt-5.2' } });
    await button('Remove best').click();
    await button('Remove').click();
    await page.getByRole('row', { name: /^best/ }).waitFor({ state: 'detached' });
    expect((await stage.admin('GET', '/aliases')).json).not.toHaveProperty('aliases.best');
  });

  test('names of models stay text, and the browser has nothing to complain of', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    await stage.admin('PATCH', '/aliases', { [evil]: 'gpt-5.2' });
    await visit(page, '/models');
    await page.getByRole('link', { name: evil }).click();
    await page.getByRole('dialog', { name: evil }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(complaintsOf(page).filter((words) => !/412/.test(words))).toEqual([]);
  });
});
