import { expect, test } from 'vitest';
import { secretWords } from './secret-words.ts';

test('values of headers and parameters that are named like secrets, and passwords in addresses, are secret', () => {
  const headers = { 'x-api-key': 'one', 'x-title': 'My app', authorization: null, cookie: 'two' };
  const urls = ['https://me:three@host/v1?api_key=four&version=5', 'http://127.0.0.1:1/'];
  expect(secretWords(headers, urls)).toEqual(['one', 'two', 'three', 'four']);
  expect(secretWords({}, [])).toEqual([]);
});
