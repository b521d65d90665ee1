// The bare relay: node:http in, undici out, the body parsed once to read model and stream, nothing else. It is what
// this runtime costs by itself; Sluice does its work on top and is measured as a ratio to it.

import http from 'node:http';
import { Pool } from 'undici';

const port = Number(process.env.PORT);
const upstream = process.env.UPSTREAM;
const pool = new Pool(`http://127.0.0.1:${upstream}`, {
  connections: 4096,
  pipelining: 1,
  keepAliveTimeout: 60_000,
});
const OWN = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'authorization',
  'x-api-key',
  'expect',
  'accept-encoding',
]);

function requestHeaders(raw) {
  const out = [];
  for (let i = 0; i < raw.length; i += 2) if (!OWN.has(raw[i].toLowerCase())) out.push(raw[i], raw[i + 1]);
  out.push('Authorization', 'Bearer sk-upstream');
  return out;
}

function answerHeaders(headers) {
  const out = [];
  for (const name in headers) {
    if (name === 'connection' || name === 'keep-alive' || name === 'transfer-encoding') continue;
    const value = headers[name];
    for (const one of Array.isArray(value) ? value : [value]) out.push(name, one);
  }
  return out;
}

function relay(request, response, body) {
  JSON.parse(body.toString('utf8'));
  let control;
  response.on('close', () => {
    if (!response.writableFinished) control?.abort(new Error('client gone'));
  });
  pool.dispatch(
    { method: request.method, path: request.url, headers: requestHeaders(request.rawHeaders), body },
    {
      onRequestStart: (made) => {
        control = made;
      },
      onResponseStart: (_, status, headers) => {
        if (status >= 200) response.writeHead(status, answerHeaders(headers));
      },
      onResponseData: (made, chunk) => {
        if (response.write(chunk)) return;
        made.pause();
        response.once('drain', () => made.resume());
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  );
}

http
  .createServer({ noDelay: true, keepAliveTimeout: 65_000 }, (request, response) => {
    if (request.method === 'GET') return response.end('ok');
    const parts = [];
    request.on('data', (chunk) => parts.push(chunk));
    request.on('end', () => relay(request, response, parts.length === 1 ? parts[0] : Buffer.concat(parts)));
    return undefined;
  })
  .listen(port, '127.0.0.1');
