// What it costs to convert a request: an agent's conversation of several hundred small messages with calls, results and
// forty tools, from every format into every format. The figure is the CPU time of parse, decode, adapt, encode and
// stringify, as a multiple of what JSON.parse and JSON.stringify of the same body take alone.
// `node bench/conversion-requests.mjs [--formats openai-chat,gemini] [--kilobytes 37,500] [--rounds 25]`

import { parseArgs } from 'node:util';
import { convertRequest } from '../server/dist/core/conversion/convert.js';
import { dialects } from '../server/dist/core/dialects/index.js';
import { traitsFor } from '../server/dist/core/providers/traits/index.js';
import { median } from './measure.mjs';

/** A model of each format's own vendor, as capable as they come: nothing is saved by dropping things. */
const MODELS = {
  'openai-chat': ['openai', 'gpt-5.1'],
  'openai-responses': ['openai', 'gpt-5.1'],
  'anthropic-messages': ['anthropic', 'claude-sonnet-4-5'],
  gemini: ['gemini', 'gemini-3-pro-preview'],
};
const FORMATS = Object.keys(MODELS);
const TOOLS = 40;

/** Always the same numbers, so that every run converts the same bodies. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const LINES = [
  'export function totalOf(rows) {\n  return rows.reduce((sum, { price }) => sum + price, 0);\n}\n',
  'The harbour opens at seven; ferries leave every "full" hour except on Sundays.\n',
  'error: expected `;`, found `}` at src/parser/tokens.rs:118:22\n',
  'drwxr-xr-x  4 ada ada  4096 Mar  3 11:02 fixtures\n',
  'Zwölf Größen, naïve façade, 東京 and a lone \\u0007 bell.\n',
];

function prose(random, lines) {
  let text = '';
  for (let line = 0; line < lines; line++) text += LINES[random(LINES.length)];
  return text;
}

function tool(number) {
  const text = (description) => ({ type: 'string', description });
  return {
    name: `workspace_tool_${number}`,
    description: `Works on files of the workspace in manner ${number}. Use it when nothing simpler will do.`,
    schema: {
      type: 'object',
      properties: {
        path: text('The file, from the top of the workspace.'),
        pattern: text('What to look for, as a regular expression.'),
        limit: { type: 'integer', minimum: 1, maximum: 500, description: 'Most lines to show.' },
        mode: { type: 'string', enum: ['read', 'search', 'replace'] },
        edits: {
          type: 'array',
          items: { type: 'object', properties: { from: text('Old'), to: text('New') }, required: ['from'] },
        },
      },
      required: ['path'],
      additionalProperties: false,
    },
  };
}

/** A conversation in no format's words: rounds of a question, some steps with calls and results, and an answer. */
function conversation(bytes) {
  const random = numbers(7);
  const turns = [];
  let calls = 0;
  let size = TOOLS * 700;
  const add = (turn, length) => {
    turns.push(turn);
    size += length + 90;
  };
  while (size < bytes) {
    const question = prose(random, 2);
    add({ question }, question.length);
    for (let steps = 1 + random(5); steps > 0; steps--) {
      const said = prose(random, 1);
      const made = Array.from({ length: 1 + random(2) }, () => ({
        id: `call_${(++calls).toString(36).padStart(12, 'x')}`,
        name: `workspace_tool_${random(TOOLS)}`,
        input: {
          path: `src/part-${random(90)}/index.ts`,
          pattern: 'total(Of|For)\\b',
          limit: random(200) + 1,
        },
        output: prose(random, 3 + random(8)),
      }));
      for (const { output } of made) size += output.length + 330;
      add({ said, made }, said.length);
    }
  }
  turns.push({ question: 'Go on.' });
  return { system: prose(random, 12), turns, tools: Array.from({ length: TOOLS }, (_, at) => tool(at)) };
}

/** The conversation as a body of each format, in the words that its official clients use. */
const WRITERS = {
  'openai-chat': ({ system, turns, tools }) => ({
    model: 'bench',
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: 'system', content: system },
      ...turns.flatMap(({ question, said, made = [] }) =>
        question !== undefined
          ? [{ role: 'user', content: question }]
          : [
              {
                role: 'assistant',
                content: said,
                tool_calls: made.map(({ id, name, input }) => ({
                  id,
                  type: 'function',
                  function: { name, arguments: JSON.stringify(input) },
                })),
              },
              ...made.map(({ id, output }) => ({ role: 'tool', tool_call_id: id, content: output })),
            ],
      ),
    ],
    tools: tools.map(({ name, description, schema }) => ({
      type: 'function',
      function: { name, description, parameters: schema },
    })),
    tool_choice: 'auto',
  }),
  'openai-responses': ({ system, turns, tools }) => ({
    model: 'bench',
    stream: true,
    store: false,
    instructions: system,
    input: turns.flatMap(({ question, said, made = [] }) =>
      question !== undefined
        ? [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: question }] }]
        : [
            { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] },
            ...made.map(({ id, name, input }) => ({
              type: 'function_call',
              call_id: id,
              name,
              arguments: JSON.stringify(input),
            })),
            ...made.map(({ id, output }) => ({ type: 'function_call_output', call_id: id, output })),
          ],
    ),
    tools: tools.map(({ name, description, schema }) => ({
      type: 'function',
      name,
      description,
      strict: false,
      parameters: schema,
    })),
    tool_choice: 'auto',
    parallel_tool_calls: true,
  }),
  'anthropic-messages': ({ system, turns, tools }) => ({
    model: 'bench',
    stream: true,
    max_tokens: 32_000,
    system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
    messages: turns.flatMap(({ question, said, made = [] }) =>
      question !== undefined
        ? [{ role: 'user', content: [{ type: 'text', text: question }] }]
        : [
            {
              role: 'assistant',
              content: [
                { type: 'text', text: said },
                ...made.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
              ],
            },
            {
              role: 'user',
              content: made.map(({ id, output }) => ({
                type: 'tool_result',
                tool_use_id: id,
                content: output,
              })),
            },
          ],
    ),
    tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
  }),
  gemini: ({ system, turns, tools }) => ({
    systemInstruction: { role: 'user', parts: [{ text: system }] },
    contents: turns.flatMap(({ question, said, made = [] }) =>
      question !== undefined
        ? [{ role: 'user', parts: [{ text: question }] }]
        : [
            {
              role: 'model',
              parts: [
                { text: said },
                ...made.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } })),
              ],
            },
            {
              role: 'user',
              parts: made.map(({ id, name, output }) => ({
                functionResponse: { id, name, response: { output } },
              })),
            },
          ],
    ),
    tools: [
      {
        functionDeclarations: tools.map(({ name, description, schema }) => ({
          name,
          description,
          parametersJsonSchema: schema,
        })),
      },
    ],
    generationConfig: { temperature: 1, maxOutputTokens: 32_000 },
  }),
};

/** CPU time of one call in microseconds, all threads: what the collector of garbage does belongs to it. */
function costUs(work, times) {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

function conversionOf(from, to, text) {
  const [vendor, model] = MODELS[to];
  const traits = traitsFor(vendor, to, model);
  return () => {
    const request = dialects[from].codec.decodeRequest(JSON.parse(text), { model: 'bench', stream: true });
    const target = { model, stream: true, traits };
    const { encoded } = convertRequest({ from: dialects[from], to: dialects[to], request, target });
    return JSON.stringify(encoded.body);
  };
}

/** The ratio of one pair of formats: the two ways take turns, so that a busy machine slows both of them. */
function ratioOf(from, to, text, rounds) {
  const plain = () => JSON.stringify(JSON.parse(text));
  const convert = conversionOf(from, to, text);
  const times = Math.max(2, Math.round(4_000_000 / text.length));
  costUs(convert, times * 6);
  costUs(plain, times * 2);
  const plainUs = [];
  const convertUs = [];
  for (let round = 0; round < rounds; round++) {
    plainUs.push(costUs(plain, times));
    convertUs.push(costUs(convert, times));
  }
  return { plainUs: median(plainUs), convertUs: median(convertUs) };
}

/** One row for each pair of formats and size of body. */
export async function measureRequests({ kilobytes = [37, 500], formats = FORMATS, rounds = 25 } = {}) {
  const rows = [];
  for (const size of kilobytes)
    for (const from of formats) {
      const text = JSON.stringify(WRITERS[from](conversation(size * 1000)));
      for (const to of formats) {
        // Between two pairs, timers and the ends of processes get their turn.
        await new Promise((resolve) => setImmediate(resolve));
        const { plainUs, convertUs } = ratioOf(from, to, text, rounds);
        const ratio = convertUs / plainUs;
        rows.push({ from, to, bytes: text.length, plainUs, convertUs, ratio });
      }
    }
  return rows;
}

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].split('/').at(-1))) {
  const { values } = parseArgs({
    options: { formats: { type: 'string' }, kilobytes: { type: 'string' }, rounds: { type: 'string' } },
  });
  const rows = await measureRequests({
    ...(values.formats === undefined ? {} : { formats: values.formats.split(',') }),
    ...(values.kilobytes === undefined ? {} : { kilobytes: values.kilobytes.split(',').map(Number) }),
    ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
  });
  for (const { from, to, bytes, plainUs, convertUs, ratio } of rows)
    process.stdout.write(
      `${from.padEnd(19)}→ ${to.padEnd(19)}${`${Math.round(bytes / 1000)} KB`.padStart(7)}` +
        `${plainUs.toFixed(0).padStart(8)} µs${convertUs.toFixed(0).padStart(8)} µs${ratio.toFixed(2).padStart(7)}×\n`,
    );
}
