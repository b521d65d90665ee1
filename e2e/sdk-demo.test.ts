// The first minutes with Sluice: no configuration, no key, and every official library gets answers from the built-in
// demo model, whatever model name it asks for.

import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { Mistral } from '@mistralai/mistralai';
import OpenAI from 'openai';
import { beforeAll, describe, expect, test } from 'vitest';
import { CONVERSATION, type Gateway, startGateway } from './kit/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  return async () => {
    const rows = await gateway.stop();
    expect(rows.filter((row) => row.state !== 'done')).toEqual([]);
  };
});

const DEMO = 'sluice-demo';
const KEY = 'any-key-will-do';
const HELLO = 'Say hello to Ada.';
const ECHO = `You said: "${HELLO}".`;
const WEATHER = 'Use get_weather for "Paris".';
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const tool = { name: 'get_weather', description: 'Tells the weather', parameters };

/** Usage as the ledger has it: input, output without reasoning, reasoning. */
async function ledgerUsage(
  conversation: string,
): Promise<{ input: number; output: number; streamed: boolean }> {
  const [row] = await gateway.rows(conversation, 1);
  expect(row).toMatchObject({ status: 200, upstream_id: 'demo', attempts: 1, error_code: null });
  return {
    input: row?.input_uncached ?? -1,
    output: (row?.output_text ?? -1) + (row?.output_reasoning ?? -1),
    streamed: row?.streamed === 1,
  };
}

test('the banner says where the gateway is, that the demo answers, and how to get further', () => {
  const said = gateway.output();
  expect(said).toContain(gateway.origin);
  expect(said).toContain('demo model');
  expect(said).toContain('OPENAI_API_KEY');
});

describe('OpenAI library', () => {
  const client = (conversation: string): OpenAI =>
    new OpenAI({
      baseURL: `${gateway.origin}/v1`,
      apiKey: KEY,
      maxRetries: 0,
      defaultHeaders: { [CONVERSATION]: `openai/${conversation}` },
    });
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: HELLO }];
  const weather: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: WEATHER }];

  test('the demo is listed', async () => {
    const { data } = await client('models').models.list();
    expect(data.map((model) => model.id)).toEqual([DEMO]);
  });

  test('a completion, with the model name that was asked for', async () => {
    const answer = await client('chat').chat.completions.create({ model: 'gpt-4o-mini', messages });
    expect(answer.choices[0]?.message.content).toContain(ECHO);
    expect(answer.model).toBe('gpt-4o-mini');
    expect(await ledgerUsage('openai/chat')).toEqual({
      input: answer.usage?.prompt_tokens,
      output: answer.usage?.completion_tokens,
      streamed: false,
    });
  });

  test('a stream with reasoning', async () => {
    const stream = client('reasoning').chat.completions.stream({
      model: DEMO,
      messages,
      reasoning_effort: 'low',
      stream_options: { include_usage: true },
    });
    let reasoning = '';
    stream.on('chunk', ({ choices }) => {
      const delta = choices[0]?.delta;
      if (delta !== undefined && 'reasoning_content' in delta) reasoning += String(delta.reasoning_content);
    });
    const answer = await stream.finalChatCompletion();
    expect(reasoning).toContain('asked to reason');
    expect(answer.choices[0]?.message.content).toContain(ECHO);
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
    expect(await ledgerUsage('openai/reasoning')).toEqual({
      input: answer.usage?.prompt_tokens,
      output: answer.usage?.completion_tokens,
      streamed: true,
    });
  });

  test.each([true, false])('a tool call and the answer to its result (streamed: %s)', async (streamed) => {
    const create = async (conversation: string, more: OpenAI.ChatCompletionMessageParam[]) => {
      const body = { model: DEMO, messages: more, tools: [{ type: 'function' as const, function: tool }] };
      const { chat } = client(conversation);
      const answer = streamed
        ? await chat.completions.stream(body).finalChatCompletion()
        : await chat.completions.create(body);
      return answer.choices[0]?.message;
    };
    const message = await create(`tool/${streamed}`, weather);
    const call = message?.tool_calls?.[0];
    if (message === undefined || call?.type !== 'function') throw new Error('No function was called.');
    expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Paris' });
    const told = await create(`tool-result/${streamed}`, [
      ...weather,
      message,
      { role: 'tool', tool_call_id: call.id, content: '18 degrees' },
    ]);
    expect(told?.content).toContain('18 degrees');
    expect(await ledgerUsage(`openai/tool/${streamed}`)).toMatchObject({ streamed });
  });

  test('a response and a streamed response with reasoning', async () => {
    const plain = await client('responses').responses.create({ model: DEMO, input: HELLO });
    expect(plain.output_text).toContain(ECHO);
    const stream = client('responses-stream').responses.stream({
      model: DEMO,
      input: HELLO,
      reasoning: { effort: 'low' },
    });
    const streamed = await stream.finalResponse();
    expect(streamed.output_text).toContain(ECHO);
    expect(streamed.output.map((item) => item.type)).toEqual(['reasoning', 'message']);
    for (const [conversation, { usage }] of [
      ['responses', plain],
      ['responses-stream', streamed],
    ] as const) {
      expect(await ledgerUsage(`openai/${conversation}`)).toMatchObject({
        input: usage?.input_tokens,
        output: usage?.output_tokens,
      });
    }
  });

  test.each([true, false])('a function call of Responses (streamed: %s)', async (streamed) => {
    const { responses } = client(`function/${streamed}`);
    const body = {
      model: DEMO,
      input: WEATHER,
      tools: [{ type: 'function' as const, strict: false, ...tool }],
    };
    const { output } = streamed ? await responses.stream(body).finalResponse() : await responses.create(body);
    const [call] = output;
    if (call?.type !== 'function_call') throw new Error('No function was called.');
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' });
  });

  test('JSON of a schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    };
    const answer = await client('schema').chat.completions.create({
      model: DEMO,
      messages: [{ role: 'user', content: 'Extract the name "Ada".' }],
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ name: 'Ada' });
  });
});

describe('Anthropic library', () => {
  const client = (conversation: string): Anthropic =>
    new Anthropic({
      baseURL: gateway.origin,
      apiKey: KEY,
      maxRetries: 0,
      defaultHeaders: { [CONVERSATION]: `anthropic/${conversation}` },
    });
  const hello: Anthropic.MessageCreateParamsNonStreaming = {
    model: 'claude-opus-5-5',
    max_tokens: 2000,
    messages: [{ role: 'user', content: HELLO }],
  };
  const used = ({ usage }: Anthropic.Message) => ({ input: usage.input_tokens, output: usage.output_tokens });

  test('the demo is listed', async () => {
    const page = await client('models').models.list();
    expect(page.data.map((model) => model.id)).toEqual([DEMO]);
  });

  test('a message, with the model name that was asked for', async () => {
    const message = await client('message').messages.create(hello);
    expect(message.content).toMatchObject([{ type: 'text', text: expect.stringContaining(ECHO) }]);
    expect(message.model).toBe('claude-opus-5-5');
    expect(await ledgerUsage('anthropic/message')).toEqual({ ...used(message), streamed: false });
  });

  test.each([true, false])('thinking with its signature (streamed: %s)', async (streamed) => {
    const body: Anthropic.MessageCreateParamsNonStreaming = {
      ...hello,
      thinking: { type: 'enabled', budget_tokens: 1024 },
    };
    const { messages } = client(`thinking/${streamed}`);
    const message = streamed ? await messages.stream(body).finalMessage() : await messages.create(body);
    const [thinking, text] = message.content;
    if (thinking?.type !== 'thinking' || text?.type !== 'text') throw new Error('It did not think first.');
    expect(thinking.thinking).toContain('asked to reason');
    expect(thinking.signature).not.toBe('');
    expect(text.text).toContain(ECHO);
    expect(await ledgerUsage(`anthropic/thinking/${streamed}`)).toEqual({ ...used(message), streamed });
  });

  test.each([true, false])('a tool call and the answer to its result (streamed: %s)', async (streamed) => {
    const tools: Anthropic.Tool[] = [{ name: tool.name, input_schema: parameters }];
    const asked: Anthropic.MessageParam[] = [{ role: 'user', content: WEATHER }];
    const { messages } = client(`tool/${streamed}`);
    const body = { ...hello, messages: asked, tools };
    const first = streamed ? await messages.stream(body).finalMessage() : await messages.create(body);
    const use = first.content.find((block) => block.type === 'tool_use');
    expect(use?.input).toEqual({ city: 'Paris' });
    expect(first.stop_reason).toBe('tool_use');
    const result: Anthropic.ToolResultBlockParam = {
      type: 'tool_result',
      tool_use_id: use?.id ?? '',
      content: '18 degrees',
    };
    const second = await client(`tool-result/${streamed}`).messages.create({
      ...body,
      messages: [
        ...asked,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [result] },
      ],
    });
    expect(second.content).toMatchObject([{ type: 'text', text: expect.stringContaining('18 degrees') }]);
  });

  test('tokens are counted', async () => {
    const { input_tokens } = await client('count').messages.countTokens({
      model: DEMO,
      messages: hello.messages,
    });
    expect(input_tokens).toBeGreaterThan(0);
  });
});

describe.each(['v1', 'v1beta'])('Google library, API version %s', (apiVersion) => {
  const client = (conversation: string): GoogleGenAI =>
    new GoogleGenAI({
      apiKey: KEY,
      apiVersion,
      httpOptions: { baseUrl: gateway.origin, headers: { [CONVERSATION]: `${apiVersion}/${conversation}` } },
    });
  const hello = { model: 'gemini-2.5-flash', contents: HELLO };

  test('the demo is listed', async () => {
    const pager = await client('models').models.list();
    expect(pager.page.map((model) => model.name)).toEqual([`models/${DEMO}`]);
  });

  test('content and a stream with thoughts', async () => {
    const plain = await client('content').models.generateContent(hello);
    expect(plain.text).toContain(ECHO);
    expect(plain.modelVersion).toBe('gemini-2.5-flash');
    expect(await ledgerUsage(`${apiVersion}/content`)).toEqual({
      input: plain.usageMetadata?.promptTokenCount,
      output: plain.usageMetadata?.candidatesTokenCount,
      streamed: false,
    });

    const config = { thinkingConfig: { includeThoughts: true } };
    const stream = await client('stream').models.generateContentStream({ ...hello, config });
    let thoughts = '';
    let text = '';
    let thoughtTokens = 0;
    for await (const chunk of stream) {
      for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
        if (part.thought === true) thoughts += part.text ?? '';
        else text += part.text ?? '';
      }
      thoughtTokens = chunk.usageMetadata?.thoughtsTokenCount ?? thoughtTokens;
    }
    expect(thoughts).toContain('asked to reason');
    expect(text).toContain(ECHO);
    expect(thoughtTokens).toBeGreaterThan(0);
    expect(await ledgerUsage(`${apiVersion}/stream`)).toMatchObject({ streamed: true });
  });

  test('a function call', async () => {
    const config = {
      tools: [{ functionDeclarations: [{ name: tool.name, parametersJsonSchema: parameters }] }],
    };
    const answer = await client('tool').models.generateContent({ ...hello, contents: WEATHER, config });
    expect(answer.functionCalls).toMatchObject([{ name: tool.name, args: { city: 'Paris' } }]);
  });

  test('tokens are counted', async () => {
    const { totalTokens } = await client('count').models.countTokens(hello);
    expect(totalTokens).toBeGreaterThan(0);
  });
});

describe('Mistral library', () => {
  const client = (): Mistral => new Mistral({ serverURL: gateway.origin, apiKey: KEY });
  const as = (conversation: string) => ({ headers: { [CONVERSATION]: `mistral/${conversation}` } });
  const messages = [{ role: 'user' as const, content: HELLO }];

  test('the demo is listed', async () => {
    const models = await client().models.list({}, as('models'));
    expect(models.data).toHaveLength(1);
  });

  test('a completion', async () => {
    const answer = await client().chat.complete({ model: 'mistral-small-latest', messages }, as('chat'));
    expect(answer.choices[0]?.message?.content).toContain(ECHO);
    expect(await ledgerUsage('mistral/chat')).toEqual({
      input: answer.usage.promptTokens,
      output: answer.usage.completionTokens,
      streamed: false,
    });
  });

  // The library takes no null for usage: what the gateway asks for itself must leave no trace.
  test('a stream, whose usage is in the ledger', async () => {
    const stream = await client().chat.stream({ model: DEMO, messages }, as('stream'));
    let text = '';
    for await (const { data } of stream) {
      const content = data.choices[0]?.delta.content;
      if (typeof content === 'string') text += content;
    }
    expect(text).toContain(ECHO);
    const streamed = await ledgerUsage('mistral/stream');
    expect(streamed.streamed).toBe(true);
    expect(streamed.output).toBeGreaterThan(0);
  });

  test('a tool call', async () => {
    const body = {
      model: DEMO,
      messages: [{ role: 'user' as const, content: WEATHER }],
      tools: [{ type: 'function' as const, function: tool }],
    };
    const answer = await client().chat.complete(body, as('tool'));
    const call = answer.choices[0]?.message?.toolCalls?.[0];
    const given = call?.function.arguments;
    expect(typeof given === 'string' ? JSON.parse(given) : given).toEqual({ city: 'Paris' });
  });
});
