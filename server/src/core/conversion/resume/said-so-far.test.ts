import { describe, expect, test } from 'vitest';
import type { Part } from '../../model/content.ts';
import type { StreamEvent } from '../../model/event.ts';
import type { ChatRequest } from '../../model/request.ts';
import { type SaidSoFar, saidSoFar } from './said-so-far.ts';

const REQUEST: ChatRequest = {
  origin: 'openai-chat',
  model: 'm',
  stream: true,
  includeUsage: false,
  turns: [],
  tools: [],
  sampling: {},
};
const START: StreamEvent = { type: 'start', id: 'a', model: 'm' };

function open(block: number, part: Part, choice = 0): StreamEvent {
  return { type: 'open', block, choice, part };
}
function text(block: number, ...texts: readonly string[]): StreamEvent[] {
  return [
    open(block, { type: 'text', text: '' }),
    ...texts.map((said) => ({ type: 'delta', block, text: said }) as const),
  ];
}
function close(block: number, part: Part): StreamEvent {
  return { type: 'close', block, part };
}
function heard(events: readonly StreamEvent[], request: Partial<ChatRequest> = {}): SaidSoFar {
  const said = saidSoFar({ ...REQUEST, ...request });
  for (const event of [START, ...events]) said.see(event);
  return said;
}

const THOUGHT: Part = { type: 'reasoning', form: 'text', sections: ['Hm.'] };
const SIGNED: Part = { ...THOUGHT, token: { vendor: 'anthropic', kind: 'signature', value: 's' } };
const thinks = (part: Part): StreamEvent[] => [
  open(0, { type: 'reasoning', form: 'text', sections: [] }),
  { type: 'delta', block: 0, text: 'Hm.' },
  close(0, part),
];
const CALL: Part = { type: 'tool-call', id: 'c', kind: 'function', name: 'add', arguments: '' };
const IMAGE: Part = {
  type: 'media',
  kind: 'image',
  source: { type: 'url', url: 'https://example.com/a.png' },
};

describe('resume knows what was said', () => {
  test('resume is possible in text, and just behind it', () => {
    const said = heard(text(0, 'Hel', 'lo'));
    expect(said.resumable).toBe(true);
    expect(said.text).toBe('Hello');
    expect(said.open).toEqual({ type: 'text', text: 'Hello' });
    said.see(close(0, { type: 'text', text: 'Hello' }));
    expect(said.resumable).toBe(true);
    expect(said.text).toBe('Hello');
    expect(said.open).toBeUndefined();
    said.see({ type: 'error', error: { code: 'upstream_closed', message: 'gone', status: 502 } as never });
    expect(said.resumable).toBe(true);
  });

  test('resume is possible behind closed reasoning that nobody signed, and behind text that follows a signed one', () => {
    expect(heard([]).resumable).toBe(true);
    expect(heard(thinks(THOUGHT)).resumable).toBe(true);
    expect(heard(thinks(SIGNED)).resumable).toBe(false);
    expect(heard([...thinks(SIGNED), ...text(1, 'So')]).resumable).toBe(true);
    expect(heard(thinks(THOUGHT).slice(0, 2)).resumable).toBe(false);
  });

  test('resume is impossible within and after a call, at what comes whole, in a refusal, and once the answer has ended', () => {
    const called = heard([...text(0, 'Well'), close(0, { type: 'text', text: 'Well' }), open(1, CALL)]);
    expect(called.resumable).toBe(false);
    called.see(close(1, { ...CALL, arguments: '{}' }));
    for (const event of text(2, 'more')) called.see(event);
    expect(called.resumable).toBe(false);
    expect(heard([open(0, IMAGE)]).resumable).toBe(false);
    expect(heard([open(0, IMAGE), close(0, IMAGE)]).resumable).toBe(false);
    expect(heard([open(0, { type: 'refusal', text: '' })]).resumable).toBe(false);
    const over = heard(text(0, 'All'));
    over.see(close(0, { type: 'text', text: 'All' }));
    over.see({ type: 'stop', choice: 0, stop: { reason: 'stop' } });
    expect(over.resumable).toBe(false);
  });

  test('resume is impossible where a continuation would be another answer', () => {
    expect(heard(text(0, '{'), { output: { type: 'json' } }).resumable).toBe(false);
    expect(heard(text(0, '{'), { output: { type: 'schema', schema: {} } }).resumable).toBe(false);
    expect(heard(text(0, 'a'), { output: { type: 'text' } }).resumable).toBe(true);
    expect(heard(text(0, 'a'), { sampling: { n: 2 } }).resumable).toBe(false);
    expect(heard([open(0, { type: 'text', text: '' }, 1)]).resumable).toBe(false);
    expect(heard(text(0, 'a'), { state: { conversation: 'conv_1' } }).resumable).toBe(false);
  });

  test('resume keeps no answer that is too large', () => {
    const said = heard(text(0, 'x'.repeat(3_999_999), 'yy'));
    expect(said.resumable).toBe(false);
    expect(said.text).toBe('');
  });
});
