import { describe, expect, test } from 'vitest';
import type { ChatRequest, Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { traitsFor } from '../../providers/traits/index.ts';
import { CONTINUATION_PROMPT, continuedRequest } from './continued-request.ts';
import { saidSoFar } from './said-so-far.ts';

const ASK: Turn = { role: 'user', parts: [{ type: 'text', text: 'A story, please.' }] };
const REQUEST: ChatRequest = {
  origin: 'anthropic-messages',
  model: 'm',
  stream: true,
  includeUsage: true,
  turns: [ASK],
  tools: [],
  sampling: {},
};

function continued(traits: ModelTraits, text: string, request: Partial<ChatRequest> = {}): ChatRequest {
  const whole = { ...REQUEST, ...request };
  const said = saidSoFar(whole);
  said.see({ type: 'start', id: 'a', model: 'm' });
  said.see({ type: 'open', block: 0, choice: 0, part: { type: 'text', text: '' } });
  if (text !== '') said.see({ type: 'delta', block: 0, text });
  return continuedRequest(whole, said, traits);
}

const anthropic = (model: string): ModelTraits => traitsFor('anthropic', 'anthropic-messages', model);
const OLD = anthropic('claude-sonnet-4-5');
const NEW = anthropic('claude-opus-5');

const says = (role: Turn['role'], text: string): Turn => ({ role, parts: [{ type: 'text', text }] });

describe('resume asks for the rest', () => {
  test('resume hands a begun answer over where the target continues it, without white space at its end', () => {
    expect(OLD.prefill).toBe(true);
    expect(continued(OLD, 'Once upon \n').turns).toEqual([ASK, says('assistant', 'Once upon')]);
  });

  test('resume asks in words where the target refuses a begun answer', () => {
    expect(NEW.prefill).toBe(false);
    expect(continued(NEW, 'Once upon ').turns).toEqual([
      ASK,
      says('assistant', 'Once upon '),
      says('user', CONTINUATION_PROMPT),
    ]);
  });

  test('resume switches reasoning off beside a begun answer, and asks in words where it cannot be off', () => {
    const wish = { reasoning: { mode: 'on', budgetTokens: 2000 } } as const;
    expect(continued(OLD, 'Once', wish).reasoning).toEqual({ mode: 'off' });
    const always = { ...OLD, reasoning: { ...OLD.reasoning, canBeOff: false } };
    const asked = continued(always, 'Once', wish);
    expect(asked.reasoning).toEqual(wish.reasoning);
    expect(asked.turns.at(-1)).toEqual(says('user', CONTINUATION_PROMPT));
  });

  test('resume joins what was said to what the client had begun itself', () => {
    const turns = [ASK, says('assistant', 'Once ')];
    expect(continued(OLD, 'upon', { turns }).turns).toEqual([ASK, says('assistant', 'Once upon')]);
  });

  test('resume asks anew where nothing was said', () => {
    expect(continued(OLD, '').turns).toEqual([ASK]);
    expect(continued(NEW, '\n').turns).toEqual([ASK]);
  });

  test('resume counts what was said against the limit of output tokens', () => {
    expect(continued(NEW, 'x'.repeat(500), { maxOutputTokens: 1000 }).maxOutputTokens).toBe(900);
    expect(continued(NEW, 'x'.repeat(5000), { maxOutputTokens: 1000 }).maxOutputTokens).toBe(16);
    expect(continued(NEW, 'x'.repeat(5000), { maxOutputTokens: 10 }).maxOutputTokens).toBe(10);
    expect(continued(NEW, 'x').maxOutputTokens).toBeUndefined();
  });
});
