// The Set-up page in a real browser: what it offers to copy works when it is used.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';

const run = promisify(execFile);

describe.runIf(hasBrowser())('Set-up', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 0, flaky: 'well' }), launchBrowser()]);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  const snippet = async (page: Page): Promise<string> =>
    (await page.locator('pre').last().textContent()) ?? '';
  /** Of a coding tool: the command that sets it up comes first, then what is written by hand. */
  const block = async (page: Page, at: number): Promise<string> =>
    (await page.locator('pre').nth(at).textContent()) ?? '';

  test('11.9 shows where each format is reached, and says when the network cannot', async () => {
    const page = await openDashboard(stage, { browser, path: '/setup' });
    const formats = page.getByRole('table').nth(1);
    for (const [name, path] of [
      ['OpenAI Chat Completions', '/v1/chat/completions'],
      ['OpenAI Responses', '/v1/responses'],
      ['Anthropic Messages', '/v1/messages'],
      ['Google Gemini', '/v1beta/models/{model}:generateContent'],
    ] as const)
      await formats.getByRole('row').filter({ hasText: name }).filter({ hasText: path }).waitFor();
    await formats.getByText(`${stage.origin}/v1`, { exact: true }).first().waitFor();
    await page.getByText('The gateway listens on this machine only.').waitFor();
    await page.getByText('A client key is needed, also on this machine.', { exact: false }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('11.9 a key that is made there stands in a snippet that works as it is', async () => {
    const page = await openDashboard(stage, { browser, path: '/setup' });
    await page.getByLabel('New client').fill('made-here');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText('This is the only time it is shown.', { exact: false }).waitFor();
    await page.getByRole('combobox', { name: 'Model', exact: true }).fill('gpt-5-mini');
    await page.getByRole('tab', { name: 'curl' }).click();
    for (const format of [
      'OpenAI Chat Completions',
      'OpenAI Responses',
      'Anthropic Messages',
      'Google Gemini',
    ]) {
      await page.getByLabel('For', { exact: true }).selectOption({ label: format });
      const command = await snippet(page);
      expect(command).toContain(stage.origin);
      const { stdout } = await run('sh', ['-c', command.replace(/^curl /, 'curl -s --fail-with-body ')]);
      expect(stdout, command).toContain('request');
    }
    await page.getByRole('button', { name: 'Take it out of the snippets' }).click();
    expect(await snippet(page)).toContain('$SLUICE_API_KEY');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Set-up' }).waitFor();
    expect(await page.content()).not.toContain('sk-sluice-');
    await page.context().close();
  });

  test('11.9 another address changes every snippet, as each tool wants it', async ({ skip }) => {
    const page = await openDashboard(stage, { browser, path: '/setup' });
    const { port } = new URL(stage.origin);
    const other = `http://[::1]:${port}`;
    const use = page.getByRole('button', { name: `Use ${other}` });
    if ((await use.count()) === 0) skip('This machine has no [::1].');
    await use.click();
    await page.getByRole('tab', { name: 'Coding tools' }).click();
    expect(await block(page, 0)).toMatch(
      new RegExp(`^sluice setup claude --url '?http://\\[::1\\]:${port}'? --model `),
    );
    expect(await block(page, 1)).toMatch(new RegExp(`ANTHROPIC_BASE_URL='?http://\\[::1\\]:${port}'?\\n`));
    await page.getByLabel('For', { exact: true }).selectOption({ label: 'Codex' });
    expect(await block(page, 1)).toContain(`base_url = "${other}/v1"`);
    await page.context().close();
  });
});
