import { expect, test } from 'vitest';
import { captureOf, NO_FIELDS } from './capture-fields.ts';

test('A capture asks for nothing that was not chosen', () => {
  expect(captureOf(NO_FIELDS)).toEqual({ seconds: 30 });
  expect(
    captureOf({ ...NO_FIELDS, seconds: 300, requests: '20', model: ' gpt-* ', errorsOnly: true }),
  ).toEqual({
    seconds: 300,
    requests: 20,
    filter: { model: 'gpt-*', errorsOnly: true },
  });
  expect(captureOf({ ...NO_FIELDS, client: 'ci', upstream: 'steady' }).filter).toEqual({
    client: 'ci',
    upstream: 'steady',
  });
});
