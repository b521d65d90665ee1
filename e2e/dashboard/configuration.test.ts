// The page of the configuration in a real browser: forms, the editor under the policy of the page, routes, history.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';

describe.skipIf(!hasBrowser())('The configuration', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let original: string;
  const file = (): string => join(stage.folder, 'sluice.jsonc');
  const written = (): Promise<string> => readFile(file(), 'utf8');

  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 0 }), launchBrowser()]);
    original = await written();
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });
  beforeEach(async () => {
    await writeFile(file(), original);
    page = await openDashboard(stage, { browser, path: '/configuration' });
    return async () => {
      // Browsers complain of every refusal; one of a version that is old is what a test here is about.
      const complaints = complaintsOf(page).filter((words) => !words.includes('status of 412'));
      await page.context().close();
      expect(complaints).toEqual([]);
    };
  });

  const tab = (name: string): Promise<void> => page.getByRole('tab', { name }).click();
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const editor = (): Locator => page.getByRole('textbox', { name: 'Configuration file, JSON with comments' });

  /** Puts the cursor behind a word of the file. */
  async function cursorBehind(word: string): Promise<void> {
    const line = editor().locator('.cm-line', { hasText: word }).first();
    await line.click();
    await page.keyboard.press('End');
  }

  test('11.6 a value that was edited in the form is reviewed, put in place with a note, and in force', async () => {
    await page.getByRole('textbox', { name: 'retry.maxAttempts', exact: true }).fill('4');
    await page.getByText('1 change', { exact: true }).waitFor();
    await button('Review').click();
    const row = page.getByRole('dialog').getByRole('row', { name: /retry\.maxAttempts/ });
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toEqual(['retry.maxAttempts', '5', '4', 'now']);
    await page.getByLabel('Note for the history').fill('Less patience');
    await button('Apply').click();
    await page.getByText('In force', { exact: true }).waitFor();

    expect(await written()).toContain('// Sluice, as it stands on the stage.');
    const { json } = await stage.admin('GET', '/config/effective');
    expect(json).toMatchObject({ config: { retry: { maxAttempts: 4 } } });
    await tab('History');
    await page.getByText('Less patience').first().waitFor();
  });

  test('edits survive a change of the tab, and leaving the page asks first', async () => {
    await page.getByRole('textbox', { name: 'retry.maxAttempts', exact: true }).fill('6');
    await tab('Values');
    await tab('Form');
    expect(await page.getByRole('textbox', { name: 'retry.maxAttempts', exact: true }).inputValue()).toBe(
      '6',
    );
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'System' }).click();
    await page.getByRole('heading', { name: /Leave with changes/ }).waitFor();
    await button('Discard and leave').click();
    await page.waitForURL(/\/system/);
    expect(await written()).toBe(original);
  });

  test('11.6 the editor says what is wrong with a text and where, and takes the right one', async () => {
    await tab('File');
    await page.getByText('Valid', { exact: true }).waitFor();
    await cursorBehind('"version": 1');
    await page.keyboard.type('\n"queue": { "maxSiz": 7 },');
    const finding = page.getByRole('list', { name: 'What the gateway finds' }).getByRole('button');
    await finding.filter({ hasText: 'maxSiz' }).first().waitFor();
    await button('Review').click();
    await page.getByText('This would not be valid').waitFor();
    expect(await button('Apply').isDisabled()).toBe(true);
    await button('Cancel').click();

    await cursorBehind('maxSiz');
    for (let back = 0; back < '": 7 },'.length; back++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('e');
    await page.getByText('Valid', { exact: true }).waitFor();
    await button('Review').click();
    await button('Apply').click();
    await page.getByText('In force', { exact: true }).waitFor();
    expect(await written()).toContain('"maxSize": 7');
  });

  test('the editor completes names out of the schema', async () => {
    await tab('File');
    await cursorBehind('"version": 1');
    await page.keyboard.type('\n"quara');
    const option = page.getByRole('option', { name: 'quarantine' });
    await option.waitFor();
    await option.click();
    await editor().getByText('"quarantine": {}').first().waitFor();
  });

  test('keys that are typed in the editor are text, and Escape and Tab lead out of it', async () => {
    await tab('File');
    await cursorBehind('// Sluice');
    await page.keyboard.type(' g o ? /');
    await editor().getByText('g o ? /').waitFor();
    expect(page.url()).toContain('tab=file');
    // What the keyboard leads to next: without it Tab would leave the page.
    await button('Review').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.shadowRoot ?? null)).toBeNull();
  });

  test('secrets are numbers in the editor, and stay where they are when the text is put in place', async () => {
    const secrets = [...original.matchAll(/"(sk-[\w-]+)"/g)].map(([, secret = '']) => secret);
    expect(secrets.length).toBeGreaterThan(0);
    await tab('File');
    await editor().getByText('••••1').first().waitFor();
    await cursorBehind('// Sluice');
    await page.keyboard.type(' Mine.');
    await button('Review').click();
    await button('Apply').click();
    await page.getByText('In force', { exact: true }).waitFor();
    const now = await written();
    expect(now).toContain('on the stage. Mine.');
    for (const secret of secrets) expect(now).toContain(secret);
    expect(await page.content()).not.toContain(secrets[0]);
  });

  test('a file that was changed meanwhile is not written over: mine goes on top of theirs', async () => {
    await page.getByRole('textbox', { name: 'retry.maxAttempts', exact: true }).fill('7');
    const patch = { edits: [{ path: ['cooldown', 'defaultMs'], value: 9_000 }] };
    expect((await stage.admin('PATCH', '/config', patch)).status).toBe(200);
    await button('Review').click();
    await button('Apply').click();
    await page.getByRole('region', { name: 'What has changed' }).getByText('9000').waitFor();
    await button('Keep mine on top').click();
    await button('Apply').click();
    await page.getByText('In force', { exact: true }).waitFor();
    const now = await written();
    expect(now).toContain('9000');
    expect(now).toMatch(/"maxAttempts": 7/);
  });

  test('routes are reordered by keyboard, added and removed', async () => {
    await tab('Routes');
    await page.getByRole('button', { name: 'Move extraction up' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('extraction is now number 1.').waitFor();
    await button('Add a route').click();
    const drawer = page.getByRole('dialog', { name: 'Add a route' });
    await drawer.getByRole('textbox', { name: 'id', exact: true }).fill('night');
    await drawer.getByRole('textbox', { name: 'models', exact: true }).fill('night-*');
    await drawer.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Route night is in force.').waitFor();
    const { json } = await stage.admin('GET', '/routes');
    expect(json).toMatchObject({ routes: [{ id: 'extraction' }, { id: 'agents' }, {}, { id: 'night' }] });

    await page.getByLabel('Model', { exact: true }).fill('fast');
    await button('Explain').click();
    await page.getByText('extraction', { exact: true }).nth(1).waitFor();
    await button('Remove night').click();
    await button('Remove').click();
    await page.getByText('Route night is removed.').waitFor();
  });

  test('11.6 an earlier state comes back after it was compared with now', async () => {
    const patch = { edits: [{ path: ['retry', 'maxAttempts'], value: 9 }] };
    expect((await stage.admin('PATCH', '/config', patch)).status).toBe(200);
    await tab('History');
    await button('Compare with now').nth(1).click();
    await page
      .getByRole('dialog')
      .getByRole('row', { name: /retry\.maxAttempts/ })
      .waitFor();
    await button('Go back to this').click();
    await page.getByText('Back at the earlier state, in force now.').waitFor();
    expect(await written()).toContain('"maxAttempts": 5');
  });

  test('every value says where it came from', async () => {
    await tab('Values');
    await page.getByLabel('Filter by place or value').fill('server.port');
    const row = page.getByRole('row', { name: /server\.port/ });
    expect(await row.textContent()).toMatch(/command line|environment/);
    await page.getByLabel('Filter by place or value').fill('upstreams[0].priority');
    expect(await page.getByRole('row', { name: /upstreams\[0\]\.priority/ }).textContent()).toMatch(
      /line \d+/,
    );
  });
});
