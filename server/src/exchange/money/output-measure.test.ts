import { describe, expect, test } from 'vitest';
import { OutputMeasure, tokensInAnswer } from './output-measure.ts';

const chunk = (text: string): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content: text } }] })}\n\n`;

function measured(events: readonly string[], framing: 'sse' | 'json-array' = 'sse'): number {
  const measure = new OutputMeasure(framing);
  for (const event of events) measure.add(Buffer.from(event));
  return measure.tokens();
}

describe('about how many tokens a stream is', () => {
  test('9.3 is its text and not what stands around it, however long it is', () => {
    for (const pieces of [1, 10, 100, 5_000]) {
      const events = Array.from({ length: pieces }, (_, index) =>
        chunk(['some ', 'longer words ', 'in '][index % 3] ?? ''),
      );
      const characters = (pieces / 3) * (5 + 13 + 3);
      const tokens = measured(events);
      expect(Math.abs(tokens - characters / 4)).toBeLessThanOrEqual(Math.max(2, characters / 40));
    }
  });

  test('is the same however often somebody asks while it goes by', () => {
    const measure = new OutputMeasure('sse');
    const events = Array.from({ length: 3_000 }, (_, at) => chunk(`piece ${at} `));
    let last = 0;
    for (const event of events) {
      measure.add(Buffer.from(event));
      const now = measure.tokens();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect(last).toBe(measured(events));
  });

  test('9.3 is right where text is escaped, and where one character is a token', () => {
    const escaped = Array.from({ length: 2_000 }, () => chunk('"a"\n\t"b"'));
    expect(Math.abs(measured(escaped) - 4_000)).toBeLessThan(400);
    const wide = Array.from({ length: 2_000 }, () => chunk('漢字'));
    expect(Math.abs(measured(wide) - 4_000)).toBeLessThan(400);
  });

  test('9.3 counts thoughts and calls of tools, and nothing twice', () => {
    const event = (value: object): string => `event: x\ndata: ${JSON.stringify(value)}\n\n`;
    const said = 'x'.repeat(400);
    const responses = [
      event({ type: 'response.reasoning_summary_text.delta', delta: said }),
      event({ type: 'response.function_call_arguments.delta', delta: said }),
      event({ type: 'response.output_audio.delta', delta: said }),
      event({ type: 'response.output_text.done', text: said }),
      event({ type: 'response.completed', response: { output: [{ content: [{ text: said }] }] } }),
    ];
    expect(measured(responses)).toBe(200);
    const messages = [
      event({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: said } }),
      event({ type: 'content_block_delta', delta: { type: 'signature_delta', signature: said } }),
      event({ type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: said } }),
    ];
    expect(measured(messages)).toBe(200);
    const gemini = [`[{"candidates":[{"content":{"parts":[{"text":"${said}"}]}}]}`, `,{"x":1}]`];
    expect(measured(gemini, 'json-array')).toBe(100);
  });

  test('9.3 is nothing where nothing was said', () => {
    expect(measured([])).toBe(0);
    expect(measured([': ping\n\n', 'data: {"type":"message_start","message":{"content":[]}}\n\n'])).toBe(0);
  });
});

describe('about how many tokens a whole answer is', () => {
  test.each([
    [
      {
        choices: [
          { message: { content: 'x'.repeat(40), reasoning_content: 'y'.repeat(40), reasoning: 'y' } },
        ],
      },
      20,
    ],
    [
      {
        content: [
          { type: 'text', text: 'x'.repeat(40) },
          { type: 'tool_use', input: { a: 'b'.repeat(32) } },
        ],
      },
      20,
    ],
    [
      {
        output: [
          { type: 'message', content: [{ type: 'output_text', text: 'x'.repeat(40), annotations: [] }] },
        ],
      },
      10,
    ],
    [{ candidates: [{ content: { parts: [{ text: 'x'.repeat(40) }] } }] }, 10],
    [{ choices: [{ text: 'x'.repeat(40) }] }, 10],
  ])('9.3 %j', (answer, tokens) => {
    expect(tokensInAnswer(Buffer.from(JSON.stringify(answer)))).toBe(tokens);
  });
});
