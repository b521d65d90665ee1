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

/** A chat with images: what makes a request of megabytes in practice. The bytes are arbitrary but look like base64. */
function images(bytes) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let seed = 1;
  let image = '';
  while (image.length < 65_536) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    image += alphabet[seed >> 25];
  }
  const url = `data:image/png;base64,${image.repeat(Math.ceil(bytes / 4 / image.length))}`;
  const part = { type: 'image_url', image_url: { url } };
  const content = [{ type: 'text', text: 'What is on these pictures?' }, part, part, part, part];
  return JSON.stringify({ model: 'gpt-4o', max_tokens: 64, messages: [{ role: 'user', content }] });
}

/** The same conversation as a client of the Messages API sends it; the model is that of a chat upstream. */
function messages(bytes, more) {
  return chat(bytes, { max_tokens: 64, ...more });
}

/** Writes the request bodies; answers their paths. */
export function writeBodies(folder) {
  const stream = (model) => ({ model, stream: true, stream_options: { include_usage: true } });
  const bodies = {
    small: chat(0, { max_tokens: 64 }),
    large: chat(177_000, { max_tokens: 64 }),
    huge: images(4_900_000),
    burst: chat(0, stream('bench-c500d0z0')),
    paced: chat(0, stream('bench-c100d20000z0')),
    held: chat(0, stream('bench-c100000d2000000z0')),
    convertedSmall: messages(0),
    convertedBurst: messages(0, { model: 'bench-c500d0z0', stream: true }),
    convertedLarge: messages(177_000),
  };
  const paths = {};
  for (const [name, body] of Object.entries(bodies)) {
    paths[name] = join(folder, `${name}.json`);
    writeFileSync(paths[name], body);
  }
  return paths;
}

/** Scenarios that report CPU time per unit of work. `counted` ones run a fixed number of streams instead of a fixed time. */
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
    title: '177 KB body (text), µs CPU per request',
    body: 'large',
    load: ['-m', 'closed', '-c', '16'],
    unit: 'done',
  },
  {
    id: 'huge',
    title: '4.9 MB body (images), µs CPU per request',
    body: 'huge',
    load: ['-m', 'closed', '-c', '4'],
    unit: 'done',
  },
  // The client speaks Messages, Sluice asks the upstream in Chat Completions; the others relay what they get.
  {
    id: 'converted-small',
    title: 'converted small, Messages → Chat, µs CPU per request',
    body: 'convertedSmall',
    load: ['-m', 'closed', '-c', '32', '-u', '/v1/messages'],
    unit: 'done',
  },
  {
    id: 'converted-burst',
    title: 'converted 500-event burst, µs CPU per stream',
    body: 'convertedBurst',
    load: ['-m', 'sse', '-c', '8', '-u', '/v1/messages'],
    unit: 'done',
  },
  {
    id: 'converted-large',
    title: 'converted 177 KB body (text), µs CPU per request',
    body: 'convertedLarge',
    load: ['-m', 'closed', '-c', '16', '-u', '/v1/messages'],
    unit: 'done',
  },
];
