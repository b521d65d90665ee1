import { describe, expect, test } from 'vitest';
import type { Part } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import { type LossReport, lossReport } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { encodeRequest } from './request.encode.ts';

const TRAITS = {
  reasoning: { by: 'effort', efforts: ['low', 'high'], canBeOff: true },
  replaysReasoningText: false,
} as unknown as ModelTraits;

function request(more: Partial<ChatRequest>): ChatRequest {
  return {
    origin: 'anthropic-messages',
    model: 'm',
    stream: false,
    includeUsage: true,
    turns: [],
    tools: [],
    sampling: {},
    ...more,
  };
}

function body(more: Partial<ChatRequest>, losses: LossReport = lossReport(), traits = TRAITS): JsonObject {
  return encodeRequest(request(more), { model: 'm', stream: true, traits, losses }).body;
}

function input(parts: readonly Part[], role: 'user' | 'assistant'): unknown {
  return body({ turns: [{ role, parts }] })['input'];
}

const TOKEN = { vendor: 'openai', kind: 'encrypted', value: 'enc', itemId: 'rs_1' } as const;

describe('encodeRequest of openai-responses', () => {
  test('is stateless for other formats and asks for encrypted reasoning where there is any', () => {
    expect(body({})).toMatchObject({ store: false, include: ['reasoning.encrypted_content'], stream: true });
    const none = { ...TRAITS, reasoning: { ...TRAITS.reasoning, by: 'none' } } as ModelTraits;
    expect(body({}, lossReport(), none)).not.toHaveProperty('include');
  });

  test('writes one leading text of the system as instructions, several as a message', () => {
    const user = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] } as const;
    const one = { type: 'text', text: 'A' } as const;
    expect(body({ turns: [{ role: 'system', parts: [one] }, user] })).toMatchObject({ instructions: 'A' });
    const several = body({ turns: [{ role: 'system', parts: [one, one] }, user] });
    expect(several).not.toHaveProperty('instructions');
    expect(several['input']).toMatchObject([{ role: 'system' }, { role: 'user' }]);
    const marked = body({ turns: [{ role: 'system', parts: [{ ...one, cache: {} }] }, user] });
    expect(marked['input']).toMatchObject([
      { content: [{ prompt_cache_breakpoint: { mode: 'explicit' } }] },
      {},
    ]);
  });

  test('3.12 leaves the system among the input where JSON is asked for: the word does not count in instructions', () => {
    const turns = [
      { role: 'system', parts: [{ type: 'text', text: 'Answer in JSON.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    ] as const;
    const written = body({ turns, output: { type: 'json' } });
    expect(written).not.toHaveProperty('instructions');
    expect(written['input']).toMatchObject([
      { role: 'system', content: [{ type: 'input_text', text: 'Answer in JSON.' }] },
      { role: 'user' },
    ]);
  });

  test('writes words of the assistant as output and those of the user as input', () => {
    expect(input([{ type: 'text', text: 'a' }], 'assistant')).toEqual([
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a', annotations: [] }] },
    ]);
    expect(input([{ type: 'text', text: 'a' }], 'user')).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }] },
    ]);
  });

  test('G33 always says strict', () => {
    const { tools } = body({ tools: [{ kind: 'function', name: 'f' }] });
    expect(tools).toEqual([
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
    ]);
  });

  test('G34 leaves out reasoning that nothing follows', () => {
    const losses = lossReport();
    const reasoning: Part = { type: 'reasoning', form: 'summary', sections: [], token: TOKEN };
    const turns = [
      { role: 'assistant', parts: [reasoning] },
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    ] as const;
    expect(body({ turns }, losses)['input']).toMatchObject([{ role: 'user' }]);
    expect(losses.losses).toMatchObject([{ feature: 'reasoning-history' }]);
  });

  test('G36 sends reasoning with its proof and without an id', () => {
    const parts: Part[] = [
      { type: 'reasoning', form: 'summary', sections: ['So.'], token: TOKEN, itemId: 'rs_1' },
      { type: 'tool-call', id: 'c', kind: 'function', name: 'f', arguments: '', itemId: 'fc_1' },
    ];
    expect(input(parts, 'assistant')).toEqual([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'So.' }], encrypted_content: 'enc' },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    ]);
  });

  test('G49 G51 puts results first, images with them, and says errors in words', () => {
    const parts: Part[] = [
      { type: 'text', text: 'Next' },
      {
        type: 'tool-result',
        callId: 'c',
        kind: 'function',
        content: [
          { type: 'text', text: 'Seen' },
          { type: 'media', kind: 'image', mimeType: 'image/png', source: { type: 'base64', data: 'aGk=' } },
        ],
      },
      {
        type: 'tool-result',
        callId: 'd',
        kind: 'custom',
        isError: true,
        content: [{ type: 'text', text: 'No' }],
      },
    ];
    expect(input(parts, 'user')).toEqual([
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [
          { type: 'input_text', text: 'Seen' },
          { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'auto' },
        ],
      },
      { type: 'custom_tool_call_output', call_id: 'd', output: 'Error: No' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Next' }] },
    ]);
  });

  test('G54 says nothing of tools where there are none', () => {
    const without = body({ toolChoice: { mode: 'auto' }, parallelToolCalls: false });
    expect(without).not.toHaveProperty('tool_choice');
    expect(without).not.toHaveProperty('parallel_tool_calls');
  });

  test('asks for a summary where reasoning is to be seen', () => {
    expect(body({ reasoning: { effort: 'low', show: 'full' } })['reasoning']).toEqual({
      effort: 'low',
      summary: 'auto',
    });
    expect(body({ reasoning: { mode: 'on', effort: 'high' } })['reasoning']).toMatchObject({
      summary: 'auto',
    });
    expect(body({ reasoning: { mode: 'on', effort: 'high', show: 'none' } })['reasoning']).toEqual({
      effort: 'high',
    });
    expect(body({ reasoning: { mode: 'off' } })['reasoning']).toEqual({ effort: 'none' });
  });

  test('raises a limit that is too small and names a schema that has no name', () => {
    const { max_output_tokens, text } = body({
      maxOutputTokens: 3,
      output: { type: 'schema', schema: { type: 'object' } },
    });
    expect(max_output_tokens).toBe(16);
    expect(text).toEqual({ format: { type: 'json_schema', name: 'response', schema: { type: 'object' } } });
  });

  test('keeps cache lifetimes of its own and reports those that only others have', () => {
    const losses = lossReport();
    const parts = ['12h', '1h'].map((ttl) => ({ type: 'text', text: ttl, cache: { ttl } }) as const);
    expect(body({ turns: [{ role: 'user', parts }] }, losses)['input']).toMatchObject([
      {
        content: [
          { prompt_cache_breakpoint: { ttl: '12h' } },
          { prompt_cache_breakpoint: { mode: 'explicit' } },
        ],
      },
    ]);
    expect(losses.losses).toMatchObject([{ feature: 'cache-marks', action: 'approximated' }]);
  });

  test('reports what it has no place for', () => {
    const losses = lossReport();
    body({ sampling: { n: 2, stop: ['x'], seed: 1 }, ext: { odd: true } }, losses);
    expect(losses.losses.map(({ feature }) => feature)).toEqual(['seed', 'stop-sequences', 'n']);
  });
});
