import { describe, expect, test } from 'vitest';
import { traitsOf } from '../../../../test/kit/tool-setting.ts';
import { type Loss, lossReport } from '../../model/loss.ts';
import type { ChatRequest, Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { encodeRequest } from './request.encode.ts';

const TRAITS: Partial<ModelTraits> = {
  developerRole: true,
  maxTokensMember: 'max_completion_tokens',
  reasoning: { ...traitsOf('openai-chat').reasoning, by: 'effort', canBeOff: true },
};

function encoded(request: ChatRequest, traits: Partial<ModelTraits> = TRAITS, stream = false) {
  const report = lossReport();
  const { path, body } = encodeRequest(request, {
    model: 'm',
    stream,
    traits: traitsOf('openai-chat', traits),
    losses: report,
  });
  return { path, body, losses: report.losses };
}

/** A request from another format. */
function foreign(turns: readonly Turn[], more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    origin: 'anthropic-messages',
    model: 'm',
    stream: true,
    includeUsage: true,
    turns,
    tools: [],
    sampling: {},
    ...more,
  };
}

const call = (id: string, args = '{}') =>
  ({ type: 'tool-call', id, kind: 'function', name: 'f', arguments: args }) as const;
const result = (callId: string, text: string) =>
  ({ type: 'tool-result', callId, kind: 'function', content: [{ type: 'text', text }] }) as const;
const image = {
  type: 'media',
  kind: 'image',
  source: { type: 'base64', data: 'AAAA' },
  mimeType: 'image/png',
} as const;

describe('encodeRequest of openai-chat', () => {
  test('G49 results come right after the calls, before anything else that the user says', () => {
    const { body } = encoded(
      foreign([
        { role: 'user', parts: [{ type: 'text', text: 'go' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'ok' }, call('a'), call('b')] },
        { role: 'user', parts: [{ type: 'text', text: 'and?' }, result('a', '1'), result('b', '2')] },
      ]),
    );
    expect(body['messages']).toMatchObject([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: 'ok', tool_calls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'user', content: 'and?' },
    ]);
  });

  test('G51 images of results follow in one message of the user', () => {
    const { body } = encoded(
      foreign([
        { role: 'assistant', parts: [call('a'), call('b')] },
        {
          role: 'user',
          parts: [
            { ...result('a', '1'), content: [image] },
            { ...result('b', '2'), content: [{ type: 'text', text: '2' }, image] },
            { type: 'text', text: 'see?' },
          ],
        },
      ]),
      { imagesInResults: 'after' },
    );
    const messages = body['messages'] as readonly { role: string; content: unknown }[];
    expect(messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool', 'user']);
    expect(messages[1]?.content).not.toBe('');
    expect(messages[2]?.content).toBe('2');
    expect(messages[3]?.content).toMatchObject([
      { type: 'text' },
      { type: 'image_url' },
      { type: 'text' },
      { type: 'image_url' },
      { type: 'text', text: 'see?' },
    ]);
  });

  test('says in words that a call has failed', () => {
    const { body } = encoded(
      foreign([{ role: 'user', parts: [{ ...result('a', 'no such file'), isError: true }] }]),
    );
    expect(body['messages']).toEqual([{ role: 'tool', tool_call_id: 'a', content: 'Error: no such file' }]);
  });

  test('G52 G45 calls alone have null content and never empty arguments', () => {
    const { body } = encoded(
      foreign([{ role: 'assistant', parts: [{ type: 'text', text: '' }, call('a', '')] }]),
    );
    expect(body['messages']).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ]);
  });

  test('G22 a turn of which nothing is left vanishes', () => {
    const { body } = encoded(foreign([{ role: 'assistant', parts: [{ type: 'text', text: '' }] }]));
    expect(body['messages']).toEqual([]);
  });

  test('G54 says nothing of a choice without tools', () => {
    const { body } = encoded(foreign([], { toolChoice: { mode: 'required' }, parallelToolCalls: false }));
    expect(body).not.toHaveProperty('tool_choice');
    expect(body).not.toHaveProperty('parallel_tool_calls');
  });

  test('G61 the role developer goes only where it is known', () => {
    const turns: Turn[] = [{ role: 'developer', parts: [{ type: 'text', text: 'x' }] }];
    expect(encoded(foreign(turns), { developerRole: false }).body['messages']).toMatchObject([
      { role: 'system' },
    ]);
    expect(encoded(foreign(turns), { developerRole: true }).body['messages']).toMatchObject([
      { role: 'developer' },
    ]);
  });

  test('G71 a vendor that wants reasoning before calls always gets its member', () => {
    const traits = { reasoningMember: 'reasoning_content', replaysReasoningText: true } as const;
    const thought = { type: 'reasoning', form: 'text', sections: ['hm'] } as const;
    const messages = (parts: Turn['parts']) =>
      encoded(foreign([{ role: 'assistant', parts }]), traits).body['messages'];
    expect(messages([thought, call('a')])).toMatchObject([{ reasoning_content: 'hm' }]);
    expect(messages([call('a')])).toMatchObject([{ reasoning_content: '' }]);
  });

  test('G79 asks for usage where stream options are understood', () => {
    const asked = (streamOptions: boolean) => encoded(foreign([]), { streamOptions }, true).body;
    expect(asked(true)).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(asked(false)).not.toHaveProperty('stream_options');
  });

  test('names the limit as the target does', () => {
    const request = foreign([], { maxOutputTokens: 9 });
    expect(encoded(request, { maxTokensMember: 'max_tokens' }).body).toMatchObject({ max_tokens: 9 });
    expect(encoded(request, { maxTokensMember: 'max_completion_tokens' }).body).toMatchObject({
      max_completion_tokens: 9,
    });
  });

  test('documents of text become text with a title, others get a name', () => {
    const document = { type: 'media', kind: 'document' } as const;
    const { body } = encoded(
      foreign([
        {
          role: 'user',
          parts: [
            { ...document, source: { type: 'text', text: 'body' }, title: 'T' },
            { ...document, source: { type: 'base64', data: 'AAAA' }, mimeType: 'application/pdf' },
          ],
        },
      ]),
    );
    expect(body['messages']).toMatchObject([
      {
        content: [
          { type: 'text', text: 'Document: T\n\nbody' },
          { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
        ],
      },
    ]);
  });

  test.each<readonly [string, Partial<ChatRequest>]>([
    ['max-tool-calls', { maxToolCalls: 3 }],
    ['previous-response', { state: { previousResponseId: 'resp_1' } }],
    ['cached-content', { promptCache: { resource: 'cachedContents/1' } }],
    [
      'hosted-tool',
      {
        tools: [
          { kind: 'hosted', name: 'x', hosted: { dialect: 'gemini', does: 'other', type: 'x', config: {} } },
        ],
      },
    ],
    [
      'vendor-part',
      {
        turns: [
          {
            role: 'assistant',
            parts: [{ type: 'vendor', dialect: 'gemini', kind: 'x', raw: {} }, call('a')],
          },
        ],
      },
    ],
    [
      'reasoning-history',
      {
        turns: [
          { role: 'assistant', parts: [{ type: 'reasoning', form: 'text', sections: ['x'] }, call('a')] },
        ],
      },
    ],
  ])('reports %s', (feature, members) => {
    const { losses } = encoded(foreign([], members), { reasoningMember: 'none' });
    expect(losses.map((loss: Loss) => loss.feature)).toEqual([feature]);
  });

  test('members of another format do not go upstream', () => {
    const { body } = encoded(
      foreign([{ role: 'user', parts: [{ type: 'text', text: 'a', ext: { x: 1 } }], ext: { y: 1 } }], {
        ext: { z: 1 },
      }),
    );
    expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'a' }] });
  });
});
