import { describe, expect, test } from 'vitest';
import { FrameReply, type FrameSink } from './frame-reply.ts';

class Sink implements FrameSink {
  closed = false;
  full = false;
  readonly frames: string[] = [];
  gone = (): void => {};
  drained = (): void => {};
  send(text: string): boolean {
    this.frames.push(text);
    return !this.full;
  }
  cut(): void {
    this.closed = true;
  }
  onDrain(listener: () => void): void {
    this.drained = listener;
  }
  onGone(listener: () => void): void {
    this.gone = listener;
  }
}

const STREAM = ['content-type', 'text/event-stream'];

describe('FrameReply', () => {
  test.each([1, 2, 3, 7, 1_000])('sends the data of each event as a frame, cut every %i bytes', (size) => {
    const sink = new Sink();
    const heard: string[] = [];
    const reply = new FrameReply(sink, ({ event, data }) => heard.push(`${event}|${data}`));
    reply.head(200, STREAM);
    const bytes = Buffer.from(
      ': hi\n\nevent: a\ndata: {"ü":1}\n\ndata: {"b":\r\ndata: 2}\r\n\r\ndata: [DONE]\n\n',
    );
    for (let at = 0; at < bytes.length; at += size) reply.write(bytes.subarray(at, at + size));
    reply.end();
    expect(sink.frames).toEqual(['{"ü":1}', '{"b":\n2}']);
    expect(heard).toEqual(['a|{"ü":1}', '|{"b":\n2}']);
    expect([reply.started, reply.closed, sink.closed]).toEqual([true, true, false]);
  });

  test('sends an event that its stream ends with, and what comes with the end', () => {
    const sink = new Sink();
    const reply = new FrameReply(sink);
    reply.head(200, STREAM);
    reply.write('data: 1\n\n');
    reply.end('data: 2');
    reply.write('data: 3\n\n');
    expect(sink.frames).toEqual(['1', '2']);
  });

  test('hands backpressure on', () => {
    const sink = new Sink();
    const reply = new FrameReply(sink);
    reply.head(200, STREAM);
    sink.full = true;
    expect(reply.write('data: 1\n\n')).toBe(false);
    expect(reply.write('data: half')).toBe(true);
    let drained = 0;
    reply.onDrain(() => drained++);
    sink.drained();
    expect(drained).toBe(1);
  });

  test.each([
    ['{"error":{"message":"No.","code":"x"}}', { message: 'No.', code: 'x' }],
    ['{"error":"No."}', { message: 'No.', type: null, param: null, code: null }],
    ['{"detail":"No."}', { detail: 'No.' }],
    ['<html>', { message: '<html>', type: null, param: null, code: null }],
    ['', { message: '', type: null, param: null, code: null }],
  ])('makes one error frame of a refusal: %s', (body, error) => {
    const sink = new Sink();
    const reply = new FrameReply(sink);
    reply.head(429, ['Content-Type', 'application/json', 'Content-Length', '9', 'Retry-After', '7']);
    reply.write(body.slice(0, 5));
    reply.end(Buffer.from(body.slice(5)));
    expect(sink.frames.map((frame) => JSON.parse(frame))).toEqual([
      { type: 'error', status: 429, error, headers: { 'retry-after': '7' } },
    ]);
  });

  test('tells that the client has left only while it answers', () => {
    const sink = new Sink();
    const reply = new FrameReply(sink);
    let gone = 0;
    reply.onGone(() => gone++);
    sink.gone();
    reply.head(200, STREAM);
    reply.end();
    sink.gone();
    expect(gone).toBe(1);
  });

  test('cuts the connection when it is cut itself, and not after its end', () => {
    const [first, second] = [new Sink(), new Sink()];
    const reply = new FrameReply(first);
    reply.head(200, STREAM);
    reply.cut();
    expect([first.closed, reply.closed]).toEqual([true, true]);
    const ended = new FrameReply(second);
    ended.head(200, STREAM);
    ended.end();
    ended.cut();
    expect(second.closed).toBe(false);
  });
});
