import { describe, expect, test } from 'vitest';
import { FakeKeep } from '../../../test/kit/fake-ports.ts';
import type { Part } from '../../core/model/content.ts';
import { sluiceError } from '../../core/model/error.ts';
import type { ChatRequest } from '../../core/model/request.ts';
import { Recollection } from './recollection.ts';

const call: Part = { type: 'tool-call', id: 'call_1', kind: 'function', name: 'look', arguments: '{}' };

function requestWith(parts: readonly Part[]): ChatRequest {
  return {
    origin: 'openai-chat',
    model: 'm',
    stream: false,
    includeUsage: false,
    turns: [{ role: 'assistant', parts }],
    tools: [],
    sampling: {},
  };
}

describe('the recollection of an exchange', () => {
  test('asks once, for calls that came back bare', async () => {
    const keep = new FakeKeep();
    const token = { vendor: 'gemini', kind: 'thought', value: 'sign' };
    keep.put('reasoning', JSON.stringify(['alice', 'call_1']), JSON.stringify({ before: [], token }));
    const remembered = new Recollection(keep, 'alice', () => requestWith([call]));
    expect(remembered.recalled).toBeUndefined();
    await remembered.load();
    expect(remembered.recalled?.get('call_1')).toEqual({ before: [], token });
    expect(remembered.load()).toBeUndefined();
    expect(keep.questions.length).toBe(1);
  });

  test('has nothing to wait for where no call is bare, or the request is none', () => {
    const keep = new FakeKeep();
    const signed: Part = { ...call, token: { vendor: 'gemini', kind: 'thought', value: 'sign' } };
    expect(new Recollection(keep, 'alice', () => requestWith([signed])).load()).toBeUndefined();
    expect(new Recollection(keep, 'alice', () => requestWith([])).load()).toBeUndefined();
    const bad = sluiceError('invalid_request', 'Not so.');
    expect(new Recollection(keep, 'alice', () => bad).load()).toBeUndefined();
    expect(keep.questions).toEqual([]);
  });
});
