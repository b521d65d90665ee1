// What is measured: each scenario is one way of loading a gateway, and what one unit of work in it is.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TEXT =
  'The quick brown fox jumps over the lazy dog; "quoted" words, a path C:\\\\temp and a line end.\\n';

function chat(bytes, more) {
  const messages = [];
  let size = 0;
  while (size < bytes) {
    const content = TEXT.repeat(12);
    messages.push({ role: messages.length % 2 === 0 ? 'user' : 'assistant', content });
    size += content.length + 40;
  }
  if (messages.length === 0) messages.push({ role: 'user', content: 'Say hello to the bench.' });
  return JSON.stringify({ model: 'gpt-4o', messages, ...more });
}

/** Writes the request bodies; answers their paths. */
export function writeBodies(folder) {
  const stream = (model) => ({ model, stream: true, stream_options: { include_usage: true } });
  const bodies = {
    small: chat(0, { max_tokens: 64 }),
    large: chat(177_000, { max_tokens: 64 }),
    huge: chat(4_900_000, { max_tokens: 64 }),
    burst: chat(0, stream('bench-c500d0z0')),
    paced: chat(0, stream('bench-c100d20000z0')),
    held: chat(0, stream('bench-c100000d2000000z0')),
  };
  const paths = {};
  for (const [name, body] of Object.entries(bodies)) {
    paths[name] = join(folder, `${name}.json`);
    writeFileSync(paths[name], body);
  }
  return paths;
}

/** Scenarios that report CPU time per unit. `seconds` is shortened for slow contenders by nothing: the load is closed. */
export const scenarios = [
  {
    id: 'small',
    title: 'small chat, µs CPU per request',
    body: 'small',
    load: ['-m', 'closed', '-c', '32'],
    unit: 'done',
  },
  {
    id: 'burst',
    title: '500-event burst, µs CPU per stream',
    body: 'burst',
    load: ['-m', 'sse', '-c', '8'],
    unit: 'done',
  },
  {
    id: 'paced',
    title: 'paced stream (20 ms), µs CPU per event',
    body: 'paced',
    load: ['-m', 'sse', '-c', '100', '-n', '200'],
    unit: 'marks',
    counted: true,
  },
  {
    id: 'large',
    title: '177 KB body, µs CPU per request',
    body: 'large',
    load: ['-m', 'closed', '-c', '16'],
    unit: 'done',
  },
  {
    id: 'huge',
    title: '4.9 MB body, µs CPU per request',
    body: 'huge',
    load: ['-m', 'closed', '-c', '4'],
    unit: 'done',
  },
];
