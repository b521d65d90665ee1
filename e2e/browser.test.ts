// The gateway in a real browser: its own page works and stays at home, and pages of other origins get nothing out of it.

import type { Browser, Page, Response } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser, settled } from './kit/browser.ts';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { operatorHeader } from './kit/operator.ts';
import { type PageServer, startPageServer } from './kit/page-server.ts';

describe.skipIf(!hasBrowser())('In a browser', () => {
  let gateway: Gateway;
  let elsewhere: PageServer;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    [gateway, elsewhere, browser] = await Promise.all([startGateway(), startPageServer(), launchBrowser()]);
    return async () => {
      await browser.close();
      await elsewhere.stop();
      await gateway.stop();
    };
  });
  beforeEach(async () => {
    page = await browser.newPage();
    return () => page.close();
  });

  test('the root leads to the dashboard, which names the product and asks who is there', async () => {
    const complaints = complaintsOf(page);
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(new URL(request.url()).origin));

    const response = await page.goto(gateway.origin);
    await page.locator('input[name="admin-key"]').waitFor();
    expect(response?.status()).toBe(200);
    expect(page.url()).toBe(`${gateway.origin}/dashboard/`);
    expect(await page.title()).toContain('Sluice');
    await page.getByText('Sluice').first().waitFor({ state: 'visible' });
    // Whoever has no session is told so, which browsers write down.
    expect(complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
    expect([...asked]).toEqual([gateway.origin]);
  });

  test('the dashboard may load nothing from elsewhere and may not be framed', async () => {
    const response = await page.goto(`${gateway.origin}/dashboard/`);
    const policy = policyOf(response);
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('connect-src')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(response?.headers()['x-content-type-options']).toBe('nosniff');
  });

  test('a page of the dashboard that does not exist still is the dashboard', async () => {
    const response = await page.goto(`${gateway.origin}/dashboard/no/such/page`);
    expect(response?.status()).toBe(200);
    await page.getByText('Sluice').first().waitFor({ state: 'visible' });
  });

  describe('with a one-time link', () => {
    /** The link that `sluice dashboard` prints. */
    async function link(): Promise<string> {
      const { port } = new URL(gateway.origin);
      const { code, stdout } = await gateway.command('dashboard', '--json', '--port', port);
      expect(code).toBe(0);
      const [found] = /http:[^"\s]+#login=[^"\s]+/.exec(stdout) ?? [];
      if (found === undefined) throw new Error(`There is no link in ${stdout}`);
      return found;
    }

    /** What the page's own script gets when it trades the token for a session. */
    const trade = (token: string): Promise<number> =>
      page.evaluate(async (given) => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ token: given });
        return (await fetch('/admin/v1/session', { method: 'POST', headers, body })).status;
      }, token);

    test('the dashboard opens without a complaint, and its session lets the documentation in, once', async () => {
      const complaints = complaintsOf(page);
      const address = await link();
      const response = await page.goto(address);
      expect(response?.status()).toBe(200);
      await settled(page);
      expect(new URL(page.url()).pathname).toMatch(/^\/dashboard\//);
      expect(new URL(page.url()).hash).toBe('');
      expect(complaints).toEqual([]);

      // A link that the page has not used itself.
      const token = decodeURIComponent(new URL(await link()).hash.replace('#login=', ''));
      expect(await trade(token)).toBeLessThan(300);
      const seen = await page.evaluate(async () => (await fetch('/admin/v1/status')).status);
      expect(seen).toBe(200);
      const docs = await page.goto(`${gateway.origin}/admin/docs`, { waitUntil: 'networkidle' });
      expect(docs?.status()).toBe(200);
      expect(policyOf(docs).get('default-src')).toBe("'none'");
      await page.getByText('/admin/v1/exchanges').first().waitFor({ state: 'visible' });
      expect(complaints).toEqual([]);
      // The style counts: a page without one is in the browser's own letters.
      const family = await page.evaluate(() => getComputedStyle(document.body).fontFamily);
      expect(family).not.toMatch(/times/i);

      await page.goto(`${gateway.origin}/dashboard/`);
      expect(await trade(token)).toBe(401);
    });

    test('its cookie is no use to scripts and to other sites, and changes need the token of the session', async () => {
      await page.goto(`${gateway.origin}/dashboard/`);
      expect(await trade(decodeURIComponent(new URL(await link()).hash.replace('#login=', '')))).toBeLessThan(
        300,
      );
      expect(await page.evaluate(() => document.cookie)).toBe('');
      const [cookie] = await page.context().cookies();
      expect(cookie).toMatchObject({ name: 'sluice_session', httpOnly: true, sameSite: 'Strict' });
      const change = await page.evaluate(async () => {
        const headers = { 'content-type': 'application/json' };
        return (await fetch('/admin/v1/cache/purge', { method: 'POST', headers, body: '{}' })).status;
      });
      expect(change).toBe(403);
    });

    test('the documentation asks for a credential, and tells nothing without one', async () => {
      const response = await page.goto(`${gateway.origin}/admin/docs`);
      expect(response?.status()).toBe(401);
      expect(await page.getByText('/admin/v1/exchanges').count()).toBe(0);
      const headers = await operatorHeader(gateway);
      expect((await fetch(`${gateway.origin}/admin/docs`, { headers })).status).toBe(200);
    });
  });

  describe('a page of another origin', () => {
    beforeEach(async () => {
      await page.goto(elsewhere.origin);
    });

    /** What a fetch from the page comes to: its status, or 'refused' when the browser shows the page nothing. */
    const fetched = (path: string, init: RequestInit): Promise<number | 'refused'> =>
      page.evaluate(
        async ([url, options]) => {
          try {
            return (await fetch(url, options)).status;
          } catch {
            return 'refused' as const;
          }
        },
        [`${gateway.origin}${path}`, init] as const,
      );

    test('may not read the list of models', async () => {
      expect(await fetched('/v1/models', {})).toBe('refused');
    });

    test('may not make a model write, not even with a request that needs no permission', async () => {
      const body = JSON.stringify({
        model: 'sluice-demo',
        messages: [{ role: 'user', content: 'Spend money.' }],
      });
      expect(await fetched('/v1/chat/completions', { method: 'POST', body })).toBe('refused');
      const headers = { 'content-type': 'application/json' };
      expect(await fetched('/v1/chat/completions', { method: 'POST', body, headers })).toBe('refused');
      // Without CORS the browser sends the request and hides the answer: the gateway itself has to refuse.
      expect(await fetched('/v1/chat/completions', { method: 'POST', body, mode: 'no-cors' })).toBe(0);
      const told = await gateway.ledger((rows) => rows);
      expect(told).toEqual([]);
    });

    test('may not frame the dashboard', async () => {
      const answered = page.waitForResponse(`${gateway.origin}/dashboard/`);
      await page.evaluate((url) => {
        const frame = document.createElement('iframe');
        frame.src = url;
        document.body.append(frame);
      }, `${gateway.origin}/dashboard/`);
      expect((await answered).status()).toBe(403);
      await expect.poll(() => page.frames().length).toBe(2);
      expect(await page.frames()[1]?.getByText('Sluice').count()).toBe(0);
    });

    test('may link to the dashboard', async () => {
      await page.evaluate((url) => {
        document.body.innerHTML = `<a href="${url}">My gateway</a>`;
      }, gateway.origin);
      await page.getByText('My gateway').click();
      await page.waitForURL(`${gateway.origin}/dashboard/`);
      await page.locator('input[name="admin-key"]').waitFor({ timeout: 10_000 });
    });
  });
});

/** The directives of a Content-Security-Policy, by name. */
function policyOf(response: Response | null): Map<string, string> {
  const header = response?.headers()['content-security-policy'] ?? '';
  const directives = header.split(';').map((directive) => directive.trim().split(/\s+/));
  return new Map(directives.map(([name = '', ...values]) => [name, values.join(' ')]));
}
