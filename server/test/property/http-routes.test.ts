// The router meets any path at all, and brings every path it accepts into one form.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeQueryCredentials } from '../../src/http/authenticate.ts';
import { isJsonType } from '../../src/http/media-type.ts';
import { ROUTES } from '../../src/http/route-table.ts';
import { matchRoute } from '../../src/http/routes.ts';
import { promptly } from '../kit/promptly.ts';

const none = (): undefined => undefined;
const piece = fc.constantFrom(
  '/',
  '//',
  '..',
  '.',
  '%2e',
  '%2F',
  '%5c',
  '%00',
  ':',
  'v1',
  'v1beta',
  'models',
  'files',
  'upload',
  'openai',
  'gemini',
  'anthropic',
  'responses',
  'generateContent',
  'x',
  'é',
  '\\',
  '%',
  '*',
);
const path = fc.oneof(
  fc.string(),
  fc.array(piece, { maxLength: 10 }).map((parts) => parts.join('')),
  fc.array(piece, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`),
);

describe('the router', () => {
  it('never throws, and accepts no path that holds a dot segment, an empty segment or a control character', () => {
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST', 'DELETE', 'BREW'), path, (method, target) => {
        const routing = matchRoute(method, target, none);
        if (!routing.found) return;
        const decoded = decodeURIComponent(routing.match.path);
        expect(decoded.split('/')).not.toContain('..');
        expect(decoded.split('/')).not.toContain('.');
        expect(routing.match.path).not.toContain('//');
        expect(decoded).not.toMatch(/[\u0000-\u001f\u007f\\]/);
        expect(routing.match.route.methods).toContain(method);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds a canonical path again as itself', () => {
    fc.assert(
      fc.property(path, (target) => {
        const first = matchRoute('POST', target, none);
        if (!first.found) return;
        const second = matchRoute('POST', first.match.path, (name) =>
          first.match.family === 'gemini' && name === 'x-goog-api-key'
            ? 'k'
            : first.match.family === 'anthropic' && name === 'anthropic-version'
              ? 'v'
              : undefined,
        );
        expect(second).toMatchObject({
          found: true,
          match: { path: first.match.path, model: first.match.model },
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('gives any model name back as it was written, encoded or not', () => {
    const name = fc
      .stringMatching(/^[A-Za-z0-9@._~-]{1,20}(?:[/:][A-Za-z0-9@_-]{1,10}){0,3}$/)
      .filter((text) => !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text));
    fc.assert(
      fc.property(name, fc.boolean(), (model, encode) => {
        const written = encode ? encodeURIComponent(model) : model;
        const routing = matchRoute('POST', `/v1beta/models/${written}:generateContent`, none);
        expect(routing).toMatchObject({ found: true, match: { model } });
      }),
    );
  });

  it('reaches every row of its table', () => {
    for (const route of ROUTES) {
      for (const pattern of route.paths) {
        const target = pattern
          .replace('{model}', 'm')
          .replaceAll('{id}', 'i')
          .replace('/**', '/deep/er')
          .replace(':*', ':other');
        const family = 'family' in route ? route.family : undefined;
        const headers: Record<string, string> =
          family === 'gemini'
            ? { 'x-goog-api-key': 'k' }
            : family === 'anthropic'
              ? { 'anthropic-version': 'v' }
              : {};
        for (const method of route.methods) {
          const routing = matchRoute(method, target, (name) => headers[name]);
          expect(routing.found && routing.match.route, `${method} ${target}`).toBe(route);
        }
      }
    }
  });
});

describe('taking credentials out of a query', () => {
  it('leaves no parameter named key, and everything else as it was', () => {
    const parameter = fc.tuple(
      fc.constantFrom('key', 'k%65y', '%6Bey', 'keys', 'alt', 'pageToken', ''),
      fc.option(fc.stringMatching(/^[A-Za-z0-9%+]{0,8}$/), { nil: undefined }),
    );
    fc.assert(
      fc.property(fc.array(parameter, { minLength: 1, maxLength: 6 }), (parameters) => {
        const text = parameters.map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
        const { rest } = takeQueryCredentials(`?${text.join('&')}`);
        const kept = text.filter((_, at) => !['key', 'k%65y', '%6Bey'].includes(parameters[at]?.[0] ?? ''));
        expect(rest).toBe(kept.length === 0 ? '' : `?${kept.join('&')}`);
      }),
    );
  });
});

describe('the content type', () => {
  it('is judged in linear time and never throws', async () => {
    fc.assert(fc.property(fc.string(), (text) => void isJsonType(`application/json;${text}`)));
    await promptly(50, () => {
      const startedMs = performance.now();
      isJsonType(`application/json${'; a="b'.repeat(5000)}`);
      isJsonType(`application/json${' ;\t'.repeat(5000)}x`);
      return performance.now() - startedMs;
    });
  });
});
