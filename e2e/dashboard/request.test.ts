// The page of one request, in a real browser in front of a real gateway: where the time went, why it went there, what was
// sent, and sending it again.

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { curlOfCapture } from '../../dashboard/src/pages/request/curl.ts';
import { complaintsOf, hasBrowser, launchBrowser, openDashboard, SCREENS, visit } from '../kit/browser.ts';
import { CLIENT_KEYS } from '../kit/stage/cast.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

const EVIL = '<script>window.evil=1</script><img src=x onerror="window.evil=1">';

/** Words that the conversion to Messages has no place for. */
const CHAT = {
  model: 'smart',
  stream: true,
  seed: 7,
  presence_penalty: 0.5,
  max_completion_tokens: 40,
  messages: [{ role: 'user', content: `It's 12345678901234567890. ${EVIL}` }],
};

describe.skipIf(!hasBrowser())('The page of a request', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  /** Sends a chat request; answers the id of its exchange. */
  async function chat(body: object): Promise<string> {
    const answer = await fetch(`${stage.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT_KEYS.alice}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await answer.text();
    return answer.headers.get('x-sluice-request-id') ?? '';
  }
  async function captured(body: object): Promise<string> {
    await stage.admin('POST', '/capture', { requests: 1 });
    const id = await chat(body);
    await until(
      async () => {
        const { json } = await stage.admin('GET', `/exchanges/${id}`);
        return JSON.stringify(json).includes('"kind":"capture"') ? true : undefined;
      },
      () => 'Nothing was captured.',
    );
    return id;
  }
  async function ended(id: string): Promise<string> {
    await until(
      async () => {
        const { json } = await stage.admin('GET', `/exchanges/${id}`);
        return JSON.stringify(json).includes('"state":"done"') ? true : undefined;
      },
      () => `${id} did not end.`,
    );
    return id;
  }
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 0, flaky: 'well' }), launchBrowser()]);
    page = await openDashboard(stage, { browser });
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  test('11.5 shows each attempt of a retried request on one axis, why it was made, and how it ended', async () => {
    stage.providers.flaky.mood = 'limited';
    const [answer] = await stage.ask(1, { model: 'gpt-5.2', format: 'openai-chat', client: 'alice' });
    stage.providers.flaky.mood = 'well';
    await visit(page, `/requests/${await ended(answer?.id ?? '')}`);
    await page.getByText(/^Answered by attempt \d$/).waitFor();
    const first = page.getByRole('button', { name: /^Attempt 1: flaky, failed, / });
    const last = page.getByRole('button', { name: /^Attempt \d: second, answered, / });
    await first.waitFor();
    expect(await last.locator('[data-stage="stream"], [data-stage="headers"]').count()).toBeGreaterThan(0);
    const rows = page.getByRole('table', { name: 'Attempts' }).getByRole('row');
    expect(await rows.allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^1 flaky\s*Waiting for headers/),
        expect.stringMatching(/^\d second\s*Waiting for headers/),
      ]),
    );
    await page.getByText('It was first in order. The rate limit is reached.').waitFor();
    await page.getByRole('heading', { name: 'Why it went there' }).waitFor();
    await page.getByText('Chosen from, in order').waitFor();
  });

  test('tells the numbers of the attempt that the keyboard is on', async () => {
    const first = page.getByRole('button', { name: /^Attempt 1: flaky/ });
    const last = page.getByRole('button', { name: /^Attempt \d: second/ });
    await first.focus();
    expect(await first.getAttribute('aria-pressed')).toBe('true');
    while ((await last.getAttribute('aria-pressed')) !== 'true') {
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Attempt');
      await page.keyboard.press('Tab');
    }
  });

  test('shows the four messages of a captured request, what was lost, and everything in it as text', async () => {
    const id = await captured(CHAT);
    await visit(page, `/requests/${id}`);
    await page.getByText('OpenAI Chat, converted to Anthropic Messages').waitFor();
    const asked = page.getByRole('region', { name: 'Client request' });
    await asked.getByText('12345678901234567890', { exact: false }).waitFor();
    expect(await asked.textContent()).toContain(JSON.stringify(CHAT.messages[0]?.content));
    expect(await page.getByRole('region', { name: 'Upstream request' }).textContent()).toContain(
      '"model": "claude-sonnet-4-5"',
    );
    expect(await page.getByRole('region', { name: 'Upstream response' }).textContent()).toContain(
      'message_start',
    );
    expect(await page.getByRole('region', { name: 'Client response' }).textContent()).toContain('[DONE]');
    await page.getByRole('heading', { name: 'What the conversion lost' }).waitFor();
    const losses = page.locator('section', {
      has: page.getByRole('heading', { name: 'What the conversion lost' }),
    });
    await losses.getByText('presence_penalty').waitFor();
    await losses.getByText('The target does not take it.').first().waitFor();
    expect(await page.evaluate(() => 'evil' in window)).toBe(false);
  });

  test('says what it cost, part by part, with the price that was taken', async () => {
    const table = page.getByRole('region', { name: 'Tokens and cost' });
    expect(await table.getByRole('row', { name: /^Output/ }).textContent()).toMatch(/\$15\.00/);
    await page.getByText('catalogue:anthropic/claude-sonnet-4-5').waitFor();
    await page.getByText('Exact: the provider told the usage').waitFor();
  });

  test('sends a captured request again, and shows both answers', async () => {
    await page.getByRole('button', { name: 'Send again' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send the request again' });
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await dialog.getByText('Nothing that matters differs.').waitFor();
    const now = dialog.getByRole('region', { name: 'Now' });
    expect(await now.textContent()).toContain('The gate opens');
    const before = page.url();
    await now.getByRole('link', { name: 'Open this request' }).click();
    await page.waitForURL((url) => url.href !== before);
    await page.getByText('replay', { exact: false }).first().waitFor();
    await dialog.waitFor({ state: 'detached' });
  });

  test('offers to capture the next one where a request was not kept, and the next one is', async () => {
    const id = await ended(await chat({ ...CHAT, model: 'cheap' }));
    await visit(page, `/requests/${id}`);
    await page.getByRole('button', { name: 'Send again' }).click();
    await page
      .getByRole('dialog', { name: 'Send the request again' })
      .getByRole('button', { name: 'Capture the next like this' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Capture the next request like this' });
    await dialog.getByText('client alice, model cheap').waitFor();
    await dialog.getByRole('button', { name: 'Capture the next one' }).click();
    await page.getByText('The next request like this will be captured.').waitFor();
    const next = await chat({ ...CHAT, model: 'cheap' });
    await until(
      async () => {
        const { json } = await stage.admin('GET', '/capture');
        return JSON.stringify(json).includes(next) ? true : undefined;
      },
      () => 'It was not captured.',
    );
  });

  test('explains a request like it now, where nobody knows any more how it was', async () => {
    await page.getByRole('button', { name: 'Explain a request like this now' }).click();
    await page.getByRole('heading', { name: 'How a request like this would go now' }).waitFor();
    await page.getByText('As of this moment', { exact: false }).waitFor();
  });

  test('says of an error what went wrong, whose fault it was, and what the provider said', async () => {
    const { flaky, second } = stage.providers;
    for (const provider of [flaky, second]) {
      provider.mood = 'failing';
      provider.errorText = EVIL;
    }
    const id = await ended(await chat({ ...CHAT, model: 'gpt-5.2' }));
    for (const provider of [flaky, second]) {
      provider.mood = 'well';
      provider.errorText = undefined;
    }
    await visit(page, `/requests/${id}`);
    await page.getByText('Failed: upstream_error').waitFor();
    await page.getByText('The upstream is at fault').waitFor();
    const said = page.getByRole('region', { name: /What \w+ said \(status 500\)/ }).first();
    expect(await said.textContent()).toContain('<script>');
    expect(await page.evaluate(() => 'evil' in window)).toBe(false);
  });

  test('follows a request that is on its way until it ends', async () => {
    const { workshop } = stage.providers;
    workshop.paceMs = 200;
    const answer = stage.ask(1, { model: 'qwen3-coder', client: 'alice', stream: true, tokens: 400 });
    const id = await until(
      async () => {
        const { json } = await stage.admin('GET', '/exchanges?outcome=open&limit=1');
        return /"id":"(req_\w+)"/.exec(JSON.stringify(json))?.[1];
      },
      () => 'Nothing is on its way.',
    );
    await visit(page, `/requests/${id}`);
    await page.getByText('On its way', { exact: true }).waitFor();
    workshop.paceMs = 1;
    await answer;
    await page.getByText('Answered', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Attempt 1: workshop, answered/ }).waitFor();
  });

  test('says so where there is no such request', async () => {
    await visit(page, '/requests/req_none');
    await page.getByText('The ledger has no exchange of this id.').waitFor();
  });

  test('has room on a phone: one message at a time, and nothing runs out of the window', async () => {
    const id = await captured(CHAT);
    const phone = await openDashboard(stage, { browser, width: SCREENS.phone[0], path: `/requests/${id}` });
    const answer = phone.getByRole('region', { name: 'Client response' });
    await phone.getByRole('region', { name: 'Client request' }).waitFor();
    expect(await answer.isVisible()).toBe(false);
    await phone.getByText('Client response', { exact: true }).first().click();
    await answer.waitFor();
    expect(
      await phone.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBeLessThanOrEqual(0);
    expect(complaintsOf(phone).filter((words) => !words.includes('401'))).toEqual([]);
    await phone.context().close();
  });

  test('leaves the browser nothing to complain of', () => {
    expect(complaintsOf(page).filter((words) => !/status of 40[14]/.test(words))).toEqual([]);
  });
});

test('A command for curl has the same body and headers after a real shell has read it', () => {
  /** Words that curl would be handed, as the shell has read them. */
  const words = (command: string): readonly string[] => {
    const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
    const env = { ...process.env, SLUICE_KEY: 'sk-test key' };
    return execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).split('\0').slice(0, -1);
  };
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '!', '@', '%', '-', 'a') }),
  );
  fc.assert(
    fc.property(
      text.filter((value) => !value.includes('\0')),
      (body) => {
        const command = curlOfCapture(
          {
            request: {
              method: 'POST',
              path: '/v1/chat/completions',
              query: '',
              headers: [['x-note', body]],
              body: { bytes: body.length, encoding: 'utf8', text: body, cut: false },
            },
          },
          'http://127.0.0.1:9208',
        );
        const read = words(command);
        expect(read.at(-1)).toBe(body);
        expect(read).toContain('authorization: Bearer sk-test key');
        expect(read.filter((word) => word === '-H')).toHaveLength(2);
      },
    ),
    { numRuns: 60 },
  );
});
