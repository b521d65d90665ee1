// What converting a stream costs per event: for every pair of formats the whole machine from the upstream's bytes to the
// client's frames (cutting, reading events, decoding, raising, encoding, joining), beside JSON.parse + JSON.stringify of
// the data of the same events, which nobody who converts can do without. `node bench/conversion-streams.mjs [--dist …]`

import { pathToFileURL } from 'node:url';

const here = new URL('.', import.meta.url);
const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'];
const EVENTS = 500;
/** As much as a socket gives at once. */
const CHUNK_BYTES = 16_384;
const ROUNDS = 9;
const ROUND_MS = 25;
const WARM_MS = 120;

/** What is written ends in memory that is there, as it does in a socket's buffer. */
const socket = Buffer.alloc(1 << 21);

const WORDS = [
  'The',
  ' quick',
  ' brown',
  ' fox',
  ' said',
  ' "jump"',
  ',\n',
  ' naïve',
  ' C:\\temp',
  ' — over',
];
/** Pieces of a few characters, as tokens are: quotes, line ends and letters beyond ASCII among them. */
const pieces = Array.from({ length: EVENTS }, (_, at) => WORDS[(at * 7) % WORDS.length]);

/** The arguments of one call: an object whose one string comes in pieces of JSON. */
const argumentPieces = [
  '{"content":"',
  ...pieces.slice(2).map((piece) => JSON.stringify(piece).slice(1, -1)),
  '"}',
];

const sse = (data) => `data: ${JSON.stringify(data)}\n\n`;
const named = (data) => `event: ${data.type}\n${sse(data)}`;

function chatStream(kind) {
  const head = {
    id: 'chatcmpl-CXa1b2c3d4e5f6g7h8i9j0k1l2m3n',
    object: 'chat.completion.chunk',
    created: 1_763_632_800,
    model: 'gpt-4o-2024-08-06',
    service_tier: 'default',
    system_fingerprint: 'fp_560af6e559',
  };
  const chunk = (delta, finish = null) =>
    sse({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null });
  const call = { index: 0, id: 'call_abc123def456', type: 'function' };
  const body =
    kind === 'text'
      ? [
          chunk({ role: 'assistant', content: '', refusal: null }),
          ...pieces.map((content) => chunk({ content })),
          chunk({}, 'stop'),
        ]
      : [
          chunk({
            role: 'assistant',
            content: null,
            tool_calls: [{ ...call, function: { name: 'write_file', arguments: '' } }],
          }),
          ...argumentPieces.map((piece) =>
            chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
          ),
          chunk({}, 'tool_calls'),
        ];
  const usage = { prompt_tokens: 212, completion_tokens: 500, total_tokens: 712 };
  return [...body, sse({ ...head, choices: [], usage }), 'data: [DONE]\n\n'];
}

function responsesStream(kind) {
  let number = 0;
  const event = (type, members) => named({ type, sequence_number: number++, ...members });
  const response = (status, more) => ({
    id: 'resp_0123456789abcdef',
    object: 'response',
    created_at: 1_763_632_800,
    status,
    model: 'gpt-4o-2024-08-06',
    output: [],
    ...more,
  });
  const isText = kind === 'text';
  const id = isText ? 'msg_0123456789abcdef' : 'fc_0123456789abcdef';
  const at = { item_id: id, output_index: 0 };
  const message = { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
  const call = {
    id,
    type: 'function_call',
    status: 'in_progress',
    call_id: 'call_abc',
    name: 'write_file',
    arguments: '',
  };
  const item = isText ? message : call;
  const deltas = isText
    ? pieces.map((delta) =>
        event('response.output_text.delta', {
          ...at,
          content_index: 0,
          delta,
          logprobs: [],
          obfuscation: 'aB3dE5',
        }),
      )
    : argumentPieces.map((delta) =>
        event('response.function_call_arguments.delta', { ...at, delta, obfuscation: 'aB3dE5' }),
      );
  const whole = isText ? pieces.join('') : argumentPieces.join('');
  const done = isText
    ? { ...item, status: 'completed', content: [{ type: 'output_text', text: whole, annotations: [] }] }
    : { ...item, status: 'completed', arguments: whole };
  const usage = { input_tokens: 212, output_tokens: 500, total_tokens: 712 };
  return [
    event('response.created', { response: response('in_progress') }),
    event('response.output_item.added', { output_index: 0, item }),
    ...deltas,
    event('response.output_item.done', { output_index: 0, item: done }),
    event('response.completed', { response: response('completed', { output: [done], usage }) }),
  ];
}

function messagesStream(kind) {
  const isText = kind === 'text';
  const block = isText
    ? { type: 'text', text: '' }
    : { type: 'tool_use', id: 'toolu_01A09q90qw90lq917835lq9', name: 'write_file', input: {} };
  const message = {
    id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 212, output_tokens: 1 },
  };
  const delta = (value) => named({ type: 'content_block_delta', index: 0, delta: value });
  return [
    named({ type: 'message_start', message }),
    named({ type: 'content_block_start', index: 0, content_block: block }),
    ...(isText
      ? pieces.map((text) => delta({ type: 'text_delta', text }))
      : argumentPieces.map((piece) => delta({ type: 'input_json_delta', partial_json: piece }))),
    named({ type: 'content_block_stop', index: 0 }),
    named({
      type: 'message_delta',
      delta: { stop_reason: isText ? 'end_turn' : 'tool_use', stop_sequence: null },
      usage: { output_tokens: 500 },
    }),
    named({ type: 'message_stop' }),
  ];
}

function geminiStream(kind) {
  const chunk = (parts, finish, at) => {
    const candidate = {
      content: { parts, role: 'model' },
      ...(finish && { finishReason: 'STOP' }),
      index: 0,
    };
    const usageMetadata = { promptTokenCount: 212, candidatesTokenCount: at, totalTokenCount: 212 + at };
    const facts = { modelVersion: 'gemini-2.5-flash', responseId: 'abcDEF0123456789' };
    return `data: ${JSON.stringify({ candidates: [candidate], usageMetadata, ...facts })}\r\n\r\n`;
  };
  if (kind === 'text')
    return [
      ...pieces.map((text, at) => chunk([{ text }], false, at + 1)),
      chunk([{ text: '' }], true, EVENTS),
    ];
  // As Vertex streams them; the Gemini API sends calls whole.
  const grown = pieces.map((stringValue, at) =>
    chunk(
      [
        {
          functionCall: {
            partialArgs: [{ jsonPath: '$.content', stringValue, willContinue: true }],
            willContinue: true,
          },
        },
      ],
      false,
      at + 1,
    ),
  );
  return [
    chunk([{ functionCall: { name: 'write_file', willContinue: true } }], false, 1),
    ...grown,
    chunk([{ functionCall: {} }], false, EVENTS),
    chunk([{ text: '' }], true, EVENTS),
  ];
}

const STREAMS = {
  'openai-chat': chatStream,
  'openai-responses': responsesStream,
  'anthropic-messages': messagesStream,
  gemini: geminiStream,
};

const user = 'Write a file.';
const parameters = { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] };
const tool = { name: 'write_file', description: 'Writes a file.' };
const REQUESTS = {
  'openai-chat': {
    model: 'm',
    stream: true,
    messages: [{ role: 'user', content: user }],
    tools: [{ type: 'function', function: { ...tool, parameters } }],
  },
  'openai-responses': {
    model: 'm',
    stream: true,
    input: user,
    tools: [{ type: 'function', ...tool, parameters }],
  },
  'anthropic-messages': {
    model: 'm',
    stream: true,
    max_tokens: 1024,
    messages: [{ role: 'user', content: user }],
    tools: [{ ...tool, input_schema: parameters }],
  },
  gemini: {
    contents: [{ role: 'user', parts: [{ text: user }] }],
    tools: [{ functionDeclarations: [{ ...tool, parametersJsonSchema: parameters }] }],
  },
};

/** The compiled core. `dist` = a folder as tsc makes it, ending in a slash. */
async function load(dist) {
  const from = (path) => import(new URL(path, dist).href);
  const [{ dialects }, convert, { DEFAULT_TRAITS }, { createBlockSplitter }, parse] = await Promise.all([
    from('core/dialects/index.js'),
    from('core/conversion/convert.js'),
    from('core/providers/traits/index.js'),
    from('core/sse/blocks.js'),
    from('core/sse/parse.js'),
  ]);
  return { dialects, ...convert, DEFAULT_TRAITS, createBlockSplitter, ...parse };
}

/** One stream of one pair, ready to be run any number of times. `run` answers the characters that the client gets. */
function machineOf(core, from, to, chunks) {
  const request = core.dialects[from].codec.decodeRequest(REQUESTS[from], { model: 'm', stream: true });
  if ('code' in request) throw new Error(request.message);
  const conversion = core.convertRequest({
    from: core.dialects[from],
    to: core.dialects[to],
    request,
    target: { model: 'm', stream: true, traits: core.DEFAULT_TRAITS[to] },
  });
  const facts = { model: 'm', seed: '0123456789abcdef01234567', createdAt: 1_763_632_800, inputTokens: 12 };
  return () => {
    let frames = '';
    let length = 0;
    const splitter = core.createBlockSplitter(Buffer.concat, 1 << 24);
    const write = (text) => {
      frames += text;
    };
    const stream = core.convertStream(conversion, facts, 'sse', write, () => undefined);
    const read = readerOf(core, stream);
    for (const chunk of chunks) {
      const block = splitter.push(chunk);
      if (block === undefined) continue;
      read(block);
      length += socket.write(frames);
      frames = '';
    }
    stream.end();
    return length + socket.write(frames);
  };
}

/** How the exchange feeds a decoder (server/src/exchange/convert/relay-converted.ts). */
function readerOf({ readEventTexts, readEvents }, stream) {
  const visit = ({ event, data }) => stream.event(event, data);
  return (block) => {
    const run = block.toString('utf8');
    if (run.length !== block.length || !readEventTexts(run, stream.event)) readEvents(block, visit);
  };
}

function chunksOf(events) {
  const bytes = Buffer.from(events.join(''));
  const chunks = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  return chunks;
}

/** What JSON alone costs: the data of each event read and written again. */
function jsonOf(events) {
  const data = events
    .map((event) => /data: ([^\r\n]*)/.exec(event)?.[1] ?? '')
    .filter((text) => text !== '[DONE]');
  return () => {
    let length = 0;
    for (const text of data) length += JSON.stringify(JSON.parse(text)).length;
    return length;
  };
}

/** Microseconds per run; the fastest of some rounds, because what disturbs only ever adds. */
function timed(run, rounds) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    let runs = 0;
    let spent = 0;
    while (spent < ROUND_MS) {
      run();
      runs++;
      spent = performance.now() - start;
    }
    best = Math.min(best, (spent * 1000) / runs);
  }
  return best;
}

/**
 * Measures all pairs: one row each with the microseconds per event of the upstream, those of JSON alone, and their ratio.
 * `dist` = URL of the compiled server.
 */
export async function measureStreams(dist = new URL('../server/dist/', here)) {
  const core = await load(dist);
  const rows = [];
  for (const kind of ['text', 'arguments'])
    for (const to of DIALECTS) {
      const events = STREAMS[to](kind);
      const chunks = chunksOf(events);
      const json = jsonOf(events);
      const machines = DIALECTS.map((from) => [from, machineOf(core, from, to, chunks)]);
      for (const [, run] of machines) if (!(run() > 0)) throw new Error('A conversion has written nothing.');
      for (const run of [json, ...machines.map(([, machine]) => machine)]) timed(run, WARM_MS / ROUND_MS);
      const jsonUs = timed(json, ROUNDS) / events.length;
      for (const [from, run] of machines) {
        const us = timed(run, ROUNDS) / events.length;
        rows.push({ kind, from, to, us, jsonUs, ratio: us / jsonUs });
      }
    }
  return rows;
}

/** Prints rows of measureStreams as a table. */
export function printStreams(rows) {
  process.stdout.write(
    '\nconverted streams, µs per upstream event (× JSON.parse + JSON.stringify of its data)\n',
  );
  for (const { kind, from, to, us, jsonUs, ratio } of rows)
    process.stdout.write(
      `  ${kind.padEnd(10)}${to.padStart(19)} → ${from.padEnd(19)}${us.toFixed(2).padStart(7)}${jsonUs.toFixed(2).padStart(7)}${`${ratio.toFixed(2)}×`.padStart(8)}\n`,
    );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf('--dist');
  const folder = at === -1 ? undefined : pathToFileURL(`${process.argv[at + 1]}/`);
  printStreams(await measureStreams(folder));
}
