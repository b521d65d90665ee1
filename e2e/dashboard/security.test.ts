// Texts that strangers choose (names of models, prompts, errors of upstreams, ids, names) stay texts on every page, and the
// page talks to nobody but its gateway.

import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  complaintsOf,
  foreignRequestsOf,
  hasBrowser,
  launchBrowser,
  openDashboard,
  visit,
} from '../kit/browser.ts';
import { CLIENT_KEYS } from '../kit/stage/cast.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { everyPath } from './every-page.ts';

const LIMIT_MS = 180_000;

/** One of a kind for every place, so that a test knows where it came from. Each would leave a mark if it ran. */
const hostile = (place: string): string =>
  `${place}"'><img src=x onerror="window.ran='${place}'"></script><script>window.ran='${place}'</script>`;
const MODEL = hostile('model');
const PROMPT = `${hostile('prompt')} [click](javascript:window.ran='link') {{window.ran}}`;
const ERROR = hostile('error');
const ANSWER = hostile('answer');
const NAME = hostile('client');
const CONVERSATION = hostile('conversation');
const AGENT = hostile('agent');
const ALIAS = hostile('alias');
const LISTED = hostile('listed');

/** True where something of it ran, or where an address of the page would run something. */
const marks = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found = Array.from(
      document.querySelectorAll('a[href], form[action], iframe, object, embed'),
    ).filter(
      (element) =>
        !element.matches('a, form') ||
        /^\s*(?:javascript|data|vbscript):/i.test(element.getAttribute('href') ?? ''),
    );
    const ran = 'ran' in window ? [`ran: ${String(window.ran)}`] : [];
    const pictures = document.querySelectorAll('img[src="x"], [onerror]').length;
    return [
      ...ran,
      ...found.map(({ outerHTML }) => outerHTML),
      ...(pictures > 0 ? ['a picture of theirs'] : []),
    ];
  });

/** Fills the gateway with what strangers say; answers ids of exchanges. */
async function poison(stage: Stage): Promise<{ failed: string; answered: string }> {
  const { workshop } = stage.providers;
  const told = async (method: string, path: string, body: unknown): Promise<void> => {
    const { status, json } = await stage.admin(method, path, body);
    expect(status, `${path}: ${JSON.stringify(json)}`).toBeLessThan(300);
  };
  await told('PATCH', '/upstreams/workshop', { models: ['qwen3-coder', MODEL] });
  await told('PATCH', '/clients/alice', { name: NAME });
  await told('PATCH', '/aliases', { [ALIAS]: 'qwen3-coder' });
  await told('POST', '/capture', { seconds: 120, requests: 50 });
  const asked = {
    model: MODEL,
    prompt: PROMPT,
    conversation: CONVERSATION,
    agent: AGENT,
    client: 'alice',
    format: 'openai-chat',
    stream: false,
  } as const;
  workshop.models = ['qwen3-coder', LISTED];
  workshop.answerText = ANSWER;
  const [answered] = await stage.ask(1, asked);
  workshop.mood = 'failing';
  workshop.errorText = ERROR;
  const [failed] = await stage.ask(1, asked);
  workshop.mood = 'well';
  // A name that nobody offers is kept in the ledger as well.
  await stage.ask(1, { ...asked, model: hostile('unknown') });
  expect([answered?.status, failed?.status]).toEqual([200, 500]);
  return { failed: failed?.id ?? '', answered: answered?.id ?? '' };
}

describe.skipIf(!hasBrowser())('Whatever strangers write', () => {
  let stage: Stage;
  let browser: Browser;
  let ids: { failed: string; answered: string };
  beforeAll(async () => {
    [stage, browser] = await Promise.all([startStage({ past: 0, flaky: 'well' }), launchBrowser()]);
    ids = await poison(stage);
    return async () => {
      await browser.close();
      await stage.stop();
    };
  });

  test('every page shows it as text, complains of nothing and asks nobody else', {
    timeout: LIMIT_MS,
  }, async () => {
    const page = await openDashboard(stage, { browser });
    const stop = stage.stream(1, {
      model: MODEL,
      prompt: PROMPT,
      client: 'alice',
      format: 'openai-chat',
      tokens: 400,
    });
    const things = { request: ids.failed, conversation: CONVERSATION, upstream: 'workshop', client: 'alice' };
    const found: string[] = [];
    for (const path of [
      ...everyPath(things),
      `/requests/${ids.answered}`,
      `/requests?search=${encodeURIComponent(MODEL)}`,
      `/upstreams/${encodeURIComponent(MODEL)}`,
      `/clients/${encodeURIComponent(MODEL)}`,
      `/conversations/${encodeURIComponent(hostile('nowhere'))}`,
    ]) {
      await visit(page, path);
      for (const mark of await marks(page)) found.push(`${path}: ${mark}`);
    }
    await stop();
    expect(found).toEqual([]);
    expect(
      complaintsOf(page).filter((text) => !/the server responded with a status of 404/.test(text)),
    ).toEqual([]);
    expect(foreignRequestsOf(page, stage.origin)).toEqual([]);
    await page.context().close();
  });

  test.each([
    ['the name of a model in the list of requests', '/requests', MODEL],
    ['the name of a model in the list of models', '/models', MODEL],
    ['the name of a client', '/clients', NAME],
    // The list shows how a long id begins, the ledger keeps how a long name of an agent begins.
    ['the beginning of the id of a conversation', '/conversations', CONVERSATION.slice(0, 13)],
    ['the id of a conversation', `/conversations/${encodeURIComponent(CONVERSATION)}`, CONVERSATION],
    ['the id of a subagent', `/conversations/${encodeURIComponent(CONVERSATION)}`, AGENT.slice(0, 48)],
  ])('%s is there, letter by letter', async (_, path, text) => {
    const page = await openDashboard(stage, { browser, path });
    // Text that is cut by its style is there all the same.
    await expect
      .poll(() => page.locator('#content').evaluate((element) => element.textContent), { timeout: 10_000 })
      .toContain(text);
    expect(await marks(page)).toEqual([]);
    await page.context().close();
  });

  test('what an upstream says in an error is there, letter by letter', async () => {
    const page = await openDashboard(stage, { browser, path: `/requests/${ids.failed}` });
    await expect
      .poll(() => page.locator('#content').evaluate((element) => element.textContent), { timeout: 10_000 })
      .toContain('error"\'><img src=x onerror=');
    expect(await marks(page)).toEqual([]);
    await page.context().close();
  });

  test('should a text ever become markup, the policy keeps it from running and asking elsewhere', async () => {
    const page = await openDashboard(stage, { browser });
    await page.evaluate((markup) => {
      const content = document.querySelector('#content');
      if (content === null) return;
      content.innerHTML = markup;
      const script = document.createElement('script');
      script.textContent = "window.ran = 'script'";
      content.append(script);
    }, `${MODEL}<img src="http://elsewhere.test/pixel.png">`);
    await expect.poll(() => complaintsOf(page).length).toBeGreaterThan(2);
    expect(await marks(page)).toEqual(['a picture of theirs']);
    await page.context().close();
  });

  test('what floats above a page keeps to the policy, too', async () => {
    const page = await openDashboard(stage, { browser, motion: true });
    for (const keys of ['Control+k', '?']) {
      await page.keyboard.press(keys);
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.locator('header button[aria-haspopup="menu"]').first().click();
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('a link that tries to be more than a token signs nobody in, and runs nothing', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${stage.origin}/dashboard/#login=${encodeURIComponent(hostile('token'))}`);
    await page.locator('input[name="admin-key"]').waitFor();
    expect(await marks(page)).toEqual([]);
    expect(new URL(page.url()).hash).toBe('');
    expect(complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
    await context.close();
  });

  test('no key of a client or an upstream is anywhere in what the page is told', {
    timeout: LIMIT_MS,
  }, async () => {
    const page = await openDashboard(stage, { browser });
    const told: string[] = [];
    page.on('response', (response) => {
      if (response.headers()['content-type']?.includes('json') === true)
        void response.text().then(
          (text) => told.push(text),
          () => undefined,
        );
    });
    for (const path of everyPath({
      request: ids.failed,
      conversation: CONVERSATION,
      upstream: 'steady',
      client: 'ci',
    }))
      await visit(page, path);
    const all = told.join('\n');
    expect(told.length).toBeGreaterThan(5);
    for (const secret of [CLIENT_KEYS.alice, CLIENT_KEYS.ci, 'sk-ant-stage-team-5c1d0e7f2a9b4863'])
      expect(all).not.toContain(secret);
    await page.context().close();
  });
});
