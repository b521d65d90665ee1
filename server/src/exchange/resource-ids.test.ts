import { describe, expect, it } from 'vitest';
import { idsIn } from './resource-ids.ts';

describe('the ids in an answer', () => {
  it.each<[string, string[]]>([
    ['{"id":"file-abc123","object":"file"}', ['file-abc123']],
    ['{"file":{"name":"files/abc123"}}', ['abc123']],
    ['{"name":"cachedContents/xyz789"}', ['xyz789']],
    ['{"id":"short"}', []],
    ['[{"id":"file-abc123"}]', []],
    ['null', []],
    ['not json', []],
    ['{"id":7,"name":null,"x":null}', []],
  ])('%s', (text, ids) => expect(idsIn(text)).toEqual(ids));
});
