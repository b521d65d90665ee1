import { describe, expect, test } from 'vitest';
import {
  adapted,
  functionTool,
  requestOf,
  resultOf,
  traitsOf,
  user,
} from '../../../../../test/kit/tool-setting.ts';
import type { VendorPart } from '../../../model/content.ts';
import { deferredTools } from './deferred.ts';

const reference = (name: string): VendorPart => ({
  type: 'vendor',
  dialect: 'anthropic-messages',
  kind: 'tool_reference',
  raw: { type: 'tool_reference', tool_name: name },
});
const request = requestOf({
  origin: 'anthropic-messages',
  tools: [
    functionTool('Search'),
    functionTool('Fetch', { deferred: true }),
    functionTool('DeferredToolPlaceholder', { deferred: true }),
  ],
  turns: [user(resultOf('c1', { content: [reference('Fetch'), { type: 'text', text: 'done' }] }))],
});

describe('deferred tools', () => {
  test('their own format keeps them where the model knows how to load them', () => {
    const outcome = adapted(
      [deferredTools],
      request,
      traitsOf('anthropic-messages', { deferredTools: true }),
    );
    expect(outcome.request).toBe(request);
    expect(outcome.losses).toEqual([]);
  });

  test.each([
    ['a model that cannot load them', traitsOf('anthropic-messages', { deferredTools: false })],
    ['another format, which loads in another way', traitsOf('openai-responses', { deferredTools: true })],
  ])('%s gets all of them at once, placeholders too', (_, traits) => {
    const { request: sent, losses } = adapted([deferredTools], request, traits);
    expect(sent.tools).toEqual([
      functionTool('Search'),
      functionTool('Fetch'),
      functionTool('DeferredToolPlaceholder'),
    ]);
    expect(losses).toMatchObject([
      { path: 'tools[1]', feature: 'deferred-tool', action: 'emulated', severity: 'hint' },
    ]);
  });

  test('what a search found is named in words', () => {
    const { request: sent } = adapted([deferredTools], request, traitsOf('gemini'));
    expect(sent.turns).toEqual([
      user(
        resultOf('c1', {
          content: [
            { type: 'text', text: 'The tool Fetch is available now.' },
            { type: 'text', text: 'done' },
          ],
        }),
      ),
    ]);
  });

  test('a request without any stays the same', () => {
    const plain = requestOf({ tools: [functionTool('a')], turns: [user(resultOf('c1'))] });
    expect(adapted([deferredTools], plain, traitsOf('gemini')).request).toBe(plain);
  });
});
