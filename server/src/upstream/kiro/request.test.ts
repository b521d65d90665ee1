import { describe, expect, it } from 'vitest';
import { kiroModel } from './model-name.ts';
import { kiroRequest } from './request.ts';

const facts = { conversationId: 'c-1', profileArn: undefined };

function stateOf(body: object): { currentMessage: unknown; history?: readonly unknown[] } {
  const { conversationState } = kiroRequest({ model: 'claude-sonnet-4-5', ...body }, facts) as {
    conversationState: { currentMessage: unknown; history?: readonly unknown[] };
  };
  return conversationState;
}

describe('a Messages request in the words of Kiro', () => {
  it.each([
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.5'],
    ['claude-opus-4-6', 'claude-opus-4.6'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-haiku-4-5-latest', 'claude-haiku-4.5'],
    ['claude-sonnet-4.5', 'claude-sonnet-4.5'],
    ['auto', 'auto'],
    ['claude-3-7-sonnet-20250219', 'claude-3-7-sonnet-20250219'],
  ])('names the model %s as %s', (name, kiro) => {
    expect(kiroModel(name)).toBe(kiro);
  });

  it('has turns that follow each other, and the instructions before the first thing that was said', () => {
    const { history, currentMessage } = stateOf({
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Be kind.' },
      ],
      messages: [
        { role: 'user', content: 'One.' },
        { role: 'user', content: 'Two.' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: [{ type: 'text', text: 'Three.' }] },
      ],
    });
    expect(history).toMatchObject([
      { userInputMessage: { content: 'Be brief.\n\nBe kind.\n\nOne.\n\nTwo.', origin: 'AI_EDITOR' } },
      { assistantResponseMessage: { content: 'Yes.' } },
    ]);
    expect(currentMessage).toMatchObject({ userInputMessage: { content: 'Three.' } });
  });

  it('begins its history with the user, whoever spoke first', () => {
    const { history } = stateOf({
      messages: [
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'Hi.' },
      ],
    });
    expect(history?.map((turn) => Object.keys(turn as object)[0])).toEqual([
      'userInputMessage',
      'assistantResponseMessage',
    ]);
  });

  it('names tools that were used and are not defined any more, and keeps a long description whole', () => {
    const description = 'x'.repeat(20_000);
    const { currentMessage, history } = stateOf({
      tools: [{ name: 'Long', description, input_schema: { type: 'object', required: [] } }],
      messages: [
        { role: 'user', content: 'Do it.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'Gone', input: { a: 1 } }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 't1', is_error: true, content: 'No.' }],
        },
      ],
    });
    const text = JSON.stringify(history);
    expect(text).toContain(description);
    expect(text).toContain('"toolUses":[{"toolUseId":"t1","name":"Gone","input":{"a":1}}]');
    expect(currentMessage).toMatchObject({
      userInputMessage: {
        content: '',
        userInputMessageContext: {
          toolResults: [{ toolUseId: 't1', status: 'error', content: [{ text: 'No.' }] }],
          tools: [
            { toolSpecification: { name: 'Long', inputSchema: { json: { type: 'object' } } } },
            { toolSpecification: { name: 'Gone' } },
          ],
        },
      },
    });
  });

  it('offers no tool that must not be called', () => {
    const tools = [{ name: 'Read', input_schema: { type: 'object' } }];
    const messages = [{ role: 'user', content: 'Hi.' }];
    const { currentMessage } = stateOf({ tools, messages, tool_choice: { type: 'none' } });
    expect(JSON.stringify(currentMessage)).not.toContain('Read');
  });
});
