import { expect, test } from 'vitest';
import { secretWords } from './secret-words.ts';

test('values of headers and parameters that are named like secrets, and passwords in addresses, are secret', () => {
  const headers = { 'x-api-key': 'one', 'x-title': 'My app', authorization: null, cookie: 'two' };
  const urls = ['https://me:three@host/v1?api_key=four&version=5', 'http://127.0.0.1:1/'];
  expect(secretWords(headers, urls)).toEqual(['one', 'two', 'three', 'four']);
  expect(secretWords({}, [])).toEqual([]);
});

test('passwords of database servers are secret however they are written', () => {
  expect(secretWords({}, ['redis://:se%40ven@host', 'redis://:100%25@host', 'redis://:100%@host'])).toEqual([
    'se%40ven',
    'se@ven',
    '100%25',
    '100%',
    '100%',
  ]);
  expect(secretWords({}, ['postgres://host/db?password=eight&sslpassword=nine&sslmode=require'])).toEqual([
    'eight',
    'nine',
  ]);
});
