// The pages of upstreams in a real browser: who is unwell and why, and everything that can be changed about it.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyList } from '../../server/src/admin/contract.ts';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, SCREENS } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

interface Upstream {
  readonly id: string;
  readonly priority: number;
  readonly enabled: boolean;
  readonly written?: Readonly<Record<string, unknown>>;
}

const NEW_KEY = 'sk-added-in-a-browser-5d1e07b94c';

describe.runIf(hasBrowser())('Upstreams', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 400, flaky: 'well' }), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await stage.stop();
  });

  const open = (path: string, width?: number): Promise<Page> =>
    openDashboard(stage, { browser, path, ...(width === undefined ? {} : { width }) });
  const card = (page: Page, id: string) => page.getByRole('article', { name: id, exact: true });
  const upstreams = async (): Promise<readonly Upstream[]> => {
    const { json } = await stage.admin('GET', '/upstreams');
    return (json as { readonly upstreams: readonly Upstream[] }).upstreams;
  };
  const upstream = async (id: string): Promise<Upstream | undefined> =>
    (await upstreams()).find((one) => one.id === id);
  const choose = async (page: Page, of: string, action: string): Promise<void> => {
    await page.getByRole('button', { name: `Actions on ${of}`, exact: true }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  };

  test('11.7 a key that rests says why and for how long, beside bars for its limits', async () => {
    const asked = { model: 'gpt-5.2', format: 'openai-chat', client: 'alice' } as const;
    await stage.ask(1, asked);
    // Long enough for the slowest of machines to look at it meanwhile.
    stage.providers.flaky.retryAfterSeconds = 600;
    stage.providers.flaky.mood = 'limited';
    await stage.ask(1, asked);
    stage.providers.flaky.mood = 'well';
    const page = await open('/upstreams');
    const flaky = card(page, 'flaky');
    await flaky.getByText('The rate limit is reached', { exact: false }).first().waitFor();
    await flaky.getByText('Partly resting').first().waitFor();
    await flaky
      .getByText(/back in \d+ min/)
      .first()
      .waitFor();
    await flaky
      .getByRole('meter', { name: /: provider: requests\/min/ })
      .first()
      .waitFor();
    const own = flaky.getByRole('meter', { name: /: requests\/min$/ });
    const used = (): Promise<string[]> =>
      own.evaluateAll((bars) =>
        bars.map((bar) => `${bar.getAttribute('aria-valuenow')} of ${bar.getAttribute('aria-valuemax')}`),
      );
    await until(
      async () => {
        const { keys } = (await stage.admin('GET', '/keys')).json as KeyList;
        const uses = keys.filter(({ upstreamId }) => upstreamId === 'flaky').flatMap(({ use }) => use);
        const told = uses
          .filter(({ kind, limit }) => kind === 'rpm' && limit === 300)
          .map(({ limit, remaining }) => [limit - remaining, limit] as const);
        // A machine that took a minute to get here has to ask once more: what was asked before does not count.
        if (told.every(([count]) => count === 0)) await stage.ask(1, asked);
        const bars = await used();
        const isShown = told.every(([count, limit]) => bars.includes(`${count} of ${limit}`));
        return isShown && told.some(([count]) => count > 0) ? true : undefined;
      },
      () => 'The bars do not show what the keys have been used for.',
    );
    await page.getByText('Unwell first').click();
    await expect.poll(() => page.getByRole('article').first().getAttribute('aria-label')).toBe('flaky');
    await page.context().close();
  });

  test('an upstream with a key is added, tested and used, and the key is never shown again', async () => {
    const page = await open('/upstreams');
    await page.getByRole('button', { name: 'Add upstream' }).click();
    const form = page.getByRole('dialog', { name: 'Add an upstream' });
    await form.getByLabel('Provider', { exact: true }).selectOption('openai-compatible');
    await form.getByLabel('Name', { exact: true }).fill('added');
    await form.getByLabel('Base URL', { exact: true }).fill('no address');
    await form.getByRole('textbox', { name: 'Keys' }).fill(NEW_KEY);
    await form.getByLabel('Priority', { exact: true }).fill('50');
    await form.getByLabel('Models that it offers', { exact: true }).fill('gpt-5-mini');
    await form.getByRole('button', { name: 'Save and test' }).click();
    await form.getByText('Is not an http:// or https:// URL', { exact: false }).waitFor();
    expect(await form.getByLabel('Base URL', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await form.getByLabel('Base URL', { exact: true }).fill(`${stage.providers.second.origin}/v1`);
    await form.getByRole('button', { name: 'Save and test' }).click();
    await form.getByText('added is saved.').waitFor();
    await form.getByText('accepts the key', { exact: false }).waitFor();
    await form.getByText('It offers 5 models.').waitFor();
    await form.getByRole('button', { name: 'Done' }).click();
    await stage.ask(2, { model: 'gpt-5-mini', format: 'openai-chat', client: 'alice' });
    await card(page, 'added')
      .getByText(/^used /)
      .waitFor();
    expect(await page.content()).not.toContain(NEW_KEY);
    expect(JSON.stringify((await upstream('added'))?.written)).not.toContain(NEW_KEY);
    await page.context().close();
  });

  test('a key is added to an upstream; a name that looks like markup stays text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const page = await open('/upstreams/second');
    await page.getByRole('button', { name: 'Add key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add keys to second' });
    await dialog.getByRole('textbox', { name: 'Keys' }).fill('sk-one-more-key-8842ab');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByText('The key that ends in 42ab is stored, sealed.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('listitem').filter({ hasText: name });
    await row.first().waitFor();
    expect(complaintsOf(page).filter((one) => one.startsWith('A dialog'))).toEqual([]);
    await choose(page, `second ${name}`, 'Remove');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await row.first().waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('what somebody else changed meanwhile is not overwritten, and what was typed is kept', async () => {
    const page = await open('/upstreams');
    await choose(page, 'workshop', 'Edit');
    const form = page.getByRole('dialog', { name: 'Edit workshop' });
    await form.getByLabel('Weight', { exact: true }).fill('3');
    await stage.admin('PATCH', '/upstreams/workshop', { proxy: 'http://127.0.0.1:9', limits: { rpm: 77 } });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Somebody has changed the configuration meanwhile.').waitFor();
    await until(
      async () =>
        (await form.getByLabel('Proxy', { exact: true }).inputValue()) === 'http://127.0.0.1:9'
          ? true
          : undefined,
      () => 'The form does not show what was changed meanwhile.',
    );
    expect(await form.getByLabel('Weight', { exact: true }).inputValue()).toBe('3');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('workshop is saved.').waitFor();
    expect((await upstream('workshop'))?.written).toMatchObject({ weight: 3, limits: { rpm: 77 } });
    await page.context().close();
  });

  test('members without a field are changed as JSON', async () => {
    const page = await open('/upstreams/gemini');
    await page.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('dialog', { name: 'Edit gemini' });
    await form.getByText('JSON', { exact: true }).click();
    const json = form.getByLabel('The entry in the configuration', { exact: true });
    const entry = JSON.parse(await json.inputValue());
    expect(JSON.stringify(entry)).not.toContain('AIza');
    await json.fill('{');
    expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await json.fill(JSON.stringify({ ...entry, headers: { 'x-team': 'search' } }));
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('gemini is saved.').waitFor();
    await form.getByText('accepts the key', { exact: false }).waitFor();
    await form.getByRole('button', { name: 'Done' }).click();
    await page.getByText('x-team', { exact: true }).first().waitFor();
    await page.context().close();
  });

  test('priorities are put into another order by keyboard alone', async () => {
    const before = await upstreams();
    const page = await open('/upstreams');
    await page.getByRole('button', { name: 'Order' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Order of upstreams' });
    const up = dialog.getByRole('button', { name: 'Move second up' });
    for (let step = 0; step < before.length && !(await up.isDisabled()); step += 1) await up.press('Enter');
    await dialog.getByRole('button', { name: 'Save' }).press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    const [first, ...others] = [...(await upstreams())].sort((one, other) => other.priority - one.priority);
    expect(first?.id).toBe('second');
    expect(others.every(({ priority }) => priority < (first?.priority ?? 0))).toBe(true);
    await page.context().close();
  });

  test('an upstream is drained, put back into use, and removed after one more question', async () => {
    const page = await open('/upstreams');
    await choose(page, 'workshop', 'Drain');
    const drain = page.getByRole('dialog', { name: 'Drain workshop' });
    await drain.getByRole('button', { name: 'Drain' }).click();
    await drain.getByText('It serves nothing any more and is out of use.').waitFor();
    await drain.getByRole('button', { name: 'Close' }).last().click();
    await card(page, 'workshop').getByText('Off', { exact: true }).first().waitFor();
    expect((await upstream('workshop'))?.enabled).toBe(false);
    await choose(page, 'workshop', 'Put into use');
    await card(page, 'workshop').getByText('Off', { exact: true }).first().waitFor({ state: 'detached' });
    await choose(page, 'workshop', 'Remove');
    const question = page.getByRole('dialog', { name: 'Remove workshop?' });
    await question.getByRole('button', { name: 'Remove' }).click();
    await card(page, 'workshop').waitFor({ state: 'detached' });
    expect(await upstream('workshop')).toBeUndefined();
    await page.context().close();
  });

  test('keys are tested, taken out of use and put back', async () => {
    const page = await open('/upstreams');
    await choose(page, 'steady team', 'Test');
    await page.getByRole('status').getByText('accepts the key', { exact: false }).waitFor();
    await choose(page, 'steady team', 'Take out of use');
    const row = card(page, 'steady').getByRole('listitem').filter({ hasText: 'team' });
    await row.getByText('Off', { exact: true }).waitFor();
    await choose(page, 'steady team', 'Put into use');
    await row.getByText('Off', { exact: true }).waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('one upstream shows its models when asked, its errors by code, and where each value comes from', async () => {
    const page = await open('/upstreams/steady?last=30d');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Offered (3)').waitFor();
    const entry = page.getByRole('region', { name: 'Configuration' });
    await entry
      .getByRole('row', { name: /^keyLimits.*file/ })
      .first()
      .waitFor();
    await page.context().close();
  });

  test('on a phone nothing runs out of the window', async () => {
    for (const path of ['/upstreams', '/upstreams/flaky']) {
      const page = await open(path, SCREENS.phone[0]);
      const [inner, scrolled] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      expect(scrolled, path).toBeLessThanOrEqual(inner ?? 0);
      await page.context().close();
    }
  });
});
