// The gateway in a real browser: its own page works and stays at home, and pages of other origins get nothing out of it.

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { skipLoudly } from './kit/availability.ts';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { type PageServer, startPageServer } from './kit/page-server.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser)
  skipLoudly(`There is no browser at ${CHROMIUM}.`, 'Install chromium, or set CHROMIUM to its path.');

describe.skipIf(!hasBrowser)('In a browser', () => {
  let gateway: Gateway;
  let elsewhere: PageServer;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    [gateway, elsewhere, browser] = await Promise.all([
      startGateway(),
      startPageServer(),
      chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }),
    ]);
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

  test('the root leads to the dashboard, which names the product and shows that the gateway is ready', async () => {
    const complaints: string[] = [];
    const asked = new Set<string>();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => asked.add(new URL(request.url()).origin));

    const response = await page.goto(gateway.origin, { waitUntil: 'networkidle' });
    expect(response?.status()).toBe(200);
    expect(page.url()).toBe(`${gateway.origin}/dashboard/`);
    expect(await page.title()).toContain('Sluice');
    await page.getByText('Sluice').first().waitFor({ state: 'visible' });
    await page
      .getByText(/\bready\b/i)
      .first()
      .waitFor({ state: 'visible' });
    expect(complaints).toEqual([]);
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
      await page.getByText('One gate between').waitFor({ state: 'visible', timeout: 5_000 });
    });
  });
});

/** The directives of a Content-Security-Policy, by name. */
function policyOf(response: Response | null): Map<string, string> {
  const header = response?.headers()['content-security-policy'] ?? '';
  const directives = header.split(';').map((directive) => directive.trim().split(/\s+/));
  return new Map(directives.map(([name = '', ...values]) => [name, values.join(' ')]));
}
