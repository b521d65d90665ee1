// The playground in a browser: requests in all formats, conversion, comparison, keeping, and what is said when it fails.

import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, SCREENS } from '../kit/browser.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

const LIMIT_MS = 120_000;

describe.skipIf(!hasBrowser())('The playground', { timeout: LIMIT_MS }, () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 0, flaky: 'well' }), launchBrowser()]);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  }, LIMIT_MS);
  afterEach(() => page.context().close());

  const open = async (path = '/playground', width?: number): Promise<Page> => {
    page = await openDashboard(stage, { browser, path, ...(width === undefined ? {} : { width }) });
    return page;
  };
  const answered = (text = 'Answered'): Promise<void> =>
    page.getByRole('status').getByText(text, { exact: true }).first().waitFor();
  const body = (format: string) => page.getByRole('textbox', { name: `Body of the request in ${format}` });
  const choose = (format: string): Promise<void> =>
    page.getByRole('group', { name: 'What is edited' }).getByText(format, { exact: true }).click();

  /** The requests of the playground that the ledger has, newest first. */
  const rows = async (): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const { json } = await stage.admin('GET', '/exchanges?client=playground');
    return (json as { rows: readonly Readonly<Record<string, unknown>>[] }).rows;
  };

  const doneCount = async (): Promise<number> =>
    (await rows()).filter(({ state, status }) => state === 'done' && status === 200).length;

  test('11.10 a chat is sent to any model, streamed, measured, billed and gone on with', async () => {
    await open();
    await page.getByRole('textbox', { name: 'System' }).fill('Be brief.');
    await page.getByRole('textbox', { name: 'Message 1', exact: true }).fill('What does a sluice gate do?');
    await page.getByLabel('Model', { exact: true }).fill('gpt-5.2');
    await page.getByText('Goes to flaky').waitFor();
    await page.keyboard.press('Control+Enter');
    await answered();
    await page.getByText('The gate opens, a request goes through').waitFor();
    await page.getByText(/\d+ in, \d+ out/).waitFor();
    const first = page.locator('dt', { hasText: 'First output' }).locator('xpath=following-sibling::dd');
    await expect.poll(() => first.textContent()).toMatch(/^[\d.,]+ (?:ms|s)$/);
    await page.getByText(/^\$0\.\d+$/).waitFor();
    const [row] = await rows();
    expect(row).toMatchObject({
      clientId: 'playground',
      modelAsked: 'gpt-5.2',
      streamed: true,
      state: 'done',
    });
    await page.getByRole('button', { name: 'Continue the chat' }).click();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Message 2' }).inputValue())
      .toContain('The gate opens');
    // What was written is still there after a look at the request itself.
    await page.getByRole('link', { name: 'See this request' }).click();
    await page.waitForURL(`**/requests/${String(row?.['id'])}`);
    await page.goBack();
    await expect.poll(() => page.getByRole('textbox', { name: 'System' }).inputValue()).toBe('Be brief.');
    expect(complaintsOf(page).filter((line) => !line.includes('401'))).toEqual([]);
  });

  test.each([
    ['OpenAI Chat', 'OpenAI Chat', 'openai-chat', 'chat.completion.chunk'],
    ['Responses', 'OpenAI Responses', 'openai-responses', 'response.output_text.delta'],
    ['Anthropic', 'Anthropic Messages', 'anthropic-messages', 'content_block_delta'],
    ['Gemini', 'Gemini', 'gemini', 'candidates'],
  ])(
    '11.10 a request in %s is sent as it is written, and its events can be read',
    async (short, name, dialect, word) => {
      await open('/playground?of=model:gemini-2.5-flash');
      await choose(short);
      // A short answer, so that the test is a short one.
      const starter = await body(name).inputValue();
      await body(name).fill(starter.replace('1024', '60'));
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await answered();
      await page.getByText('The gate opens, a request goes through').waitFor();
      await page.getByRole('group', { name: 'What is shown of the answer' }).getByText('Events').click();
      const events = page.getByRole('list', { name: 'Events of the stream' });
      expect(await events.textContent()).toContain(word);
      await page.getByRole('group', { name: 'What is shown of the answer' }).getByText('Headers').click();
      await page.getByRole('cell', { name: 'x-sluice-request-id' }).waitFor();
      const row = await until(
        async () => (await rows()).find((one) => one['dialectIn'] === dialect && one['state'] === 'done'),
        () => 'The ledger does not have it.',
      );
      expect(row).toMatchObject({ modelAsked: 'gemini-2.5-flash', streamed: true });
    },
  );

  test('11.10 the other formats and their losses are there as one types, and nothing is sent', async () => {
    await open();
    const before = (await rows()).length;
    await choose('OpenAI Chat');
    const request = { model: 'gpt-5.2', seed: 7, n: 2, messages: [{ role: 'user', content: 'Hi there' }] };
    await body('OpenAI Chat').fill(JSON.stringify(request, undefined, 2));
    const messages = page.getByRole('region', { name: 'Anthropic Messages', exact: true });
    await messages.getByText('The target gives one answer, not 2.').waitFor();
    await messages.getByText('meaning', { exact: true }).waitFor();
    await messages.getByText('Would be refused when sent').waitFor();
    // The lines themselves stand out, and a path leads to its line.
    await expect
      .poll(() =>
        page.locator('[data-line]').evaluateAll((all) => all.map((one) => one.getAttribute('data-line'))),
      )
      .toEqual(['3', '4']);
    await messages.getByRole('button', { name: 'n', exact: true }).click();
    const selected = await body('OpenAI Chat').evaluate((field) => {
      const { value, selectionStart, selectionEnd } = field as HTMLTextAreaElement;
      return value.slice(selectionStart, selectionEnd);
    });
    expect(selected).toBe('"n": 2');
    await messages.getByRole('button', { name: 'Open here' }).click();
    expect(JSON.parse(await body('Anthropic Messages').inputValue())).toMatchObject({
      model: 'gpt-5.2',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi there' }] }],
    });
    await body('Anthropic Messages').fill('{ "model": ');
    await page.getByText('This is not JSON from line 1').waitFor();
    await page.getByText('The text is not acceptable JSON').first().waitFor();
    expect((await rows()).length).toBe(before);
  });

  test('an answer that is pasted in is shown in the other formats, too', async () => {
    await open();
    await choose('Anthropic');
    await page.getByRole('group', { name: 'What is converted' }).getByText('An answer').click();
    const answer = {
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'A gate for water.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 4 },
    };
    await page.getByRole('textbox', { name: /^Answer in Anthropic Messages/ }).fill(JSON.stringify(answer));
    const chat = page.getByRole('region', { name: 'OpenAI Chat', exact: true });
    await chat.getByText('"content": "A gate for water."').waitFor();
  });

  test('an error is shown in the words of its format; markup in it stays text', async () => {
    await open();
    await choose('Anthropic');
    const name = '<img src=x onerror=alert(1)>';
    await body('Anthropic Messages').fill(
      JSON.stringify({ model: name, max_tokens: 10, messages: [{ role: 'user', content: '<b>hi</b>' }] }),
    );
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await answered('Failed');
    const alert = page.getByRole('alert');
    await alert.getByText(name, { exact: false }).first().waitFor();
    await alert.getByText('Type not_found_error').waitFor();
    expect(await page.locator('#content img').count()).toBe(0);
    expect(complaintsOf(page).filter((line) => !/40[14]/.test(line))).toEqual([]);
  });

  test('an answer can be stopped', async () => {
    await open('/playground?of=model:gpt-5.2');
    await page.getByRole('textbox', { name: 'Message 1', exact: true }).fill('Tell me everything.');
    await page.getByLabel('Most tokens').fill('4000');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await answered('Answering');
    await page.getByText('The gate opens').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await answered('Stopped');
    await until(
      async () => ((await rows())[0]?.['aborted'] === true ? true : undefined),
      () => 'The gateway did not hear of it.',
    );
  });

  test('two models answer the same request side by side', async () => {
    await open('/playground?of=model:gpt-5.2');
    await page.getByRole('textbox', { name: 'Message 1', exact: true }).fill('Who is better?');
    await page.getByLabel('Most tokens').fill('60');
    await page.getByText('Headers, comparison, key').click();
    await page.getByLabel('Compare with').fill('claude-haiku-4-5');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    for (const model of ['gpt-5.2', 'claude-haiku-4-5']) {
      const lane = page.locator('section', {
        has: page.getByRole('heading', { name: `Answer of ${model}` }),
      });
      await lane.getByText('The gate opens').waitFor();
      await lane.getByText('Answered', { exact: true }).waitFor();
    }
  });

  test('11.10 a request is kept as a test bundle, and opened again from its capture', async () => {
    await open('/playground?of=model:gpt-5.2');
    await choose('Responses');
    await body('OpenAI Responses').fill(
      JSON.stringify({ model: 'gpt-5.2', input: 'Keep this.', stream: true }),
    );
    await page.getByLabel('Keep as a test bundle').check();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await answered();
    const [row] = await rows();
    const id = String(row?.['id']);
    await until(
      async () => ((await stage.admin('GET', `/exchanges/${id}/bundle`)).status === 200 ? true : undefined),
      () => 'It was not captured.',
    );
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the bundle' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`sluice-${id}.json`);
    const bundle = await readFile(await download.path(), 'utf8');
    expect(bundle).toContain('Keep this.');
    expect(bundle).not.toMatch(/sk-sluice-[A-Za-z0-9]{20}/);
    await page.context().close();
    await open(`/playground?of=${id}`);
    await expect.poll(() => body('OpenAI Responses').inputValue()).toContain('"input": "Keep this."');
    expect(page.url()).not.toContain('of=');
  });

  test('a key that has given way to newer ones is asked for anew by itself', async () => {
    await open('/playground?of=model:gpt-5.2');
    await page.getByRole('textbox', { name: 'Message 1', exact: true }).fill('Hello');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await answered();
    const before = await doneCount();
    // So many are kept at once.
    for (let made = 0; made < 16; made++) await stage.admin('POST', '/playground/key');
    await page.getByRole('button', { name: 'Send again' }).click();
    await answered();
    await expect.poll(doneCount).toBe(before + 1);
  });

  test('everything fits on a phone, and the formats are tabs there', async () => {
    await open('/playground?of=model:gpt-5.2', SCREENS.phone[0]);
    await page.getByRole('group', { name: 'Format' }).getByText('Gemini').click();
    await page.getByRole('region', { name: 'Gemini', exact: true }).getByText('"contents"').waitFor();
    expect(await page.getByRole('region', { name: 'Anthropic Messages', exact: true }).isVisible()).toBe(
      false,
    );
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  });
});
