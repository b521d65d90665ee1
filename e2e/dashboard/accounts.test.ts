// Accounts in a real browser: how the logins that stand in the place of keys are, what mends them, what is left of them, and
// everything that can be done with them, also where several processes relay.

import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountView } from '../../server/src/admin/contract.ts';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, visit } from '../kit/browser.ts';
import { ACCOUNTS } from '../kit/stage/accounts.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

const OLD = 'an-old-account-with-a-long-address@example.org';
const LIMIT_MS = 120_000;

const accountsOn = async (stage: Stage): Promise<readonly AccountView[]> => {
  const { json } = await stage.admin('GET', '/accounts');
  return (json as { readonly accounts: readonly AccountView[] }).accounts; // As the contract says.
};
const row = (page: Page, name: string): Locator =>
  page.getByRole('list', { name: 'Accounts' }).getByRole('listitem').filter({ hasText: name });
const choose = async (page: Page, of: string, action: string): Promise<void> => {
  await page.getByRole('button', { name: `Actions on ${of}`, exact: true }).press('Enter');
  await page.getByRole('menuitem', { name: action, exact: true }).press('Enter');
};

describe.runIf(hasBrowser())('Accounts', { timeout: LIMIT_MS }, () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 0, accounts: 'mixed' }), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await stage.stop();
  });
  const open = (path: string): Promise<Page> => openDashboard(stage, { browser, path });

  test('2.7 stand in the place of keys, with how they are and what mends those that are lost', async () => {
    const page = await open('/upstreams');
    const codex = page.getByRole('article', { name: 'codex', exact: true });
    await codex.getByText('Partly resting', { exact: true }).waitFor();
    await row(page, 'work').getByText('Active', { exact: true }).waitFor();
    const home = row(page, 'home');
    await home.getByText('Used up', { exact: true }).waitFor();
    await home.getByText(/^back in \d+ (?:h|min)/).waitFor();
    const old = row(page, OLD);
    await old.getByText('Needs a new login', { exact: true }).waitFor();
    await old.getByText('sluice accounts login codex', { exact: true }).waitFor();
    await old.getByRole('button', { name: 'Copy the command' }).waitFor();
    await page
      .getByRole('article', { name: 'kiro', exact: true })
      .getByText('free@example.org', { exact: true })
      .waitFor();
    await visit(page, '/upstreams/codex');
    await old.getByText('priority -5', { exact: true }).waitFor();
    await old.getByText('own proxy', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Add key' }).count()).toBe(0);
    await visit(page, '/');
    const warning = page.getByRole('link', { name: new RegExp(`codex / ${OLD}`) });
    expect(await warning.textContent()).toContain('sluice accounts login codex');
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('11.7 the quota is asked when somebody wants it, and stays as bars with the time of their reset', async () => {
    const page = await open('/upstreams/codex');
    await row(page, 'work').getByText('What is left is not known yet', { exact: false }).waitFor();
    expect(stage.vendors?.codex.asked).toBe(0);
    await page.getByRole('button', { name: 'Ask for the quota' }).click();
    const week = page.getByRole('meter', { name: 'work: week' });
    await week.waitFor();
    expect(await week.getAttribute('aria-valuenow')).toBe('30');
    await row(page, 'work')
      .getByText(/^5 hours · reset in \d+ (?:h|min)/)
      .waitFor();
    expect(await page.getByRole('meter', { name: 'home: 5 hours' }).getAttribute('aria-valuenow')).toBe(
      '100',
    );
    await page.getByText(/Quota as told/).waitFor();
    // Kept by the gateway: whoever comes later sees it, and nobody is asked for that.
    const asked = stage.vendors?.codex.asked;
    await visit(page, '/upstreams');
    await page.getByRole('meter', { name: 'work: week' }).waitFor();
    await visit(page, '/upstreams/kiro');
    await page.getByRole('button', { name: 'Ask for the quota' }).click();
    await page.getByRole('meter', { name: 'free@example.org: Credits' }).waitFor();
    await page.getByText('5 of 50', { exact: true }).waitFor();
    expect(stage.vendors?.codex.asked).toBe(asked);
    await page.context().close();
  });

  test('2.7 are switched, put into another order, renewed and removed by keyboard', async () => {
    const page = await open('/upstreams/codex');
    await choose(page, 'codex work', 'Take out of use');
    await row(page, 'work').getByText('Off', { exact: true }).waitFor();
    await choose(page, 'codex work', 'Put into use');
    await row(page, 'work').getByText('Active', { exact: true }).waitFor();

    await choose(page, 'codex home', 'Change the priority');
    const dialog = page.getByRole('dialog', { name: 'Priority of home' });
    await dialog.getByLabel('Priority', { exact: true }).fill('first');
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Priority', { exact: true }).fill('50');
    await dialog.getByLabel('Priority', { exact: true }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const names = page.getByRole('list', { name: 'Accounts' }).first().getByRole('listitem');
    await until(
      async () => ((await names.first().textContent())?.startsWith('home') === true ? true : undefined),
      () => 'The account of the highest priority does not come first.',
    );

    await choose(page, 'codex home', 'Renew the login');
    await page.getByText('The login of home is renewed.').waitFor();
    await row(page, 'home').getByText('Active', { exact: true }).waitFor();
    expect(stage.vendors?.codex.renewals).toHaveLength(1);

    await choose(page, `codex ${OLD}`, 'Remove');
    const question = page.getByRole('dialog', { name: `Remove ${OLD}?` });
    await question.getByRole('button', { name: 'Remove' }).press('Enter');
    await row(page, OLD).waitFor({ state: 'detached' });
    expect((await accountsOn(stage)).map(({ id }) => id)).not.toContain(ACCOUNTS.old);
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });
});

describe.runIf(hasBrowser())('Accounts elsewhere', { timeout: LIMIT_MS }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test('2.7 an upstream without any tells which commands store one, also in Chinese', async () => {
    const stage = await startStage({ past: 0, accounts: 'none' });
    try {
      const page = await openDashboard(stage, { browser, path: '/upstreams' });
      const card = page.getByRole('article', { name: 'codex', exact: true });
      await card.getByText('Needs a login', { exact: true }).waitFor();
      await card.getByText('sluice accounts login codex', { exact: true }).waitFor();
      await card.getByText('sluice accounts import codex', { exact: true }).waitFor();
      await visit(page, '/upstreams/kiro');
      await page.getByText('No account yet', { exact: true }).waitFor();
      await page.getByText('sluice accounts import kiro', { exact: true }).waitFor();
      await visit(page, '/');
      await page.getByText('no account is stored for it', { exact: false }).first().waitFor();
      expect(await page.getByText('All of its keys are switched off', { exact: false }).count()).toBe(0);
      await page.context().close();
      const chinese = await openDashboard(stage, { browser, path: '/upstreams/kiro', locale: 'zh-CN' });
      await chinese.getByText('还没有账户', { exact: true }).waitFor();
      await chinese.context().close();
    } finally {
      await stage.stop();
    }
  });

  test('2.7 with several processes the page shows what any of them finds out, and what it changes holds for all', async () => {
    const stage = await startStage({
      past: 0,
      accounts: 'well',
      clients: false,
      config: { server: { workers: 2 } },
    });
    try {
      const { codex } = stage.vendors ?? {};
      const [work, home] = [codex?.logins.get('work'), codex?.logins.get('home')];
      if (codex === undefined || work === undefined || home === undefined) throw new Error('no accounts');
      const asked = { model: 'gpt-5.2-codex', format: 'openai-responses' } as const;
      const page = await openDashboard(stage, { browser, path: '/upstreams/codex' });
      // A process that relays learns that the quota of the first account is used up, and serves by the other one.
      work.spentUntilMs = Date.now() + 7_200_000;
      await stage.ask(6, asked);
      expect(new Set(codex.served.map(({ accountId }) => accountId))).toEqual(new Set(['home']));
      await row(page, 'work').getByText('Used up', { exact: true }).waitFor();
      // One that renews the login: the keeper asks for the quota with what is there then.
      home.access = `${home.access}-gone`;
      await stage.ask(4, asked);
      expect(codex.renewals).toHaveLength(1);
      await page.getByRole('button', { name: 'Ask for the quota' }).click();
      await page.getByRole('meter', { name: 'home: week' }).waitFor();
      expect(codex.renewals).toHaveLength(1);
      // What is taken out of use here serves nowhere.
      work.spentUntilMs = 0;
      await choose(page, 'codex work', 'Renew the login');
      await row(page, 'work').getByText('Active', { exact: true }).waitFor();
      await choose(page, 'codex home', 'Take out of use');
      await row(page, 'home').getByText('Off', { exact: true }).waitFor();
      const before = codex.served.length;
      await until(
        async () => {
          const from = codex.served.length;
          await stage.ask(8, asked);
          const later = codex.served.slice(from);
          return later.length === 8 && later.every(({ accountId }) => accountId === 'work')
            ? true
            : undefined;
        },
        () => JSON.stringify(codex.served.slice(before).map(({ accountId }) => accountId)),
      );
      await page.context().close();
    } finally {
      await stage.stop();
    }
  });
});
