import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { endWithReader } from './closed-output.ts';

const broken = (code: string) => Object.assign(new Error(`write ${code}`), { code });

test('a command whose reader has left ends, without an error', () => {
  const output = new EventEmitter();
  const codes: number[] = [];
  endWithReader([output], false, (code) => void codes.push(code));
  output.emit('error', broken('EPIPE'));
  expect(codes).toEqual([0]);
});

test('a gateway goes on serving when nobody reads its output', () => {
  const output = new EventEmitter();
  const codes: number[] = [];
  endWithReader([output], true, (code) => void codes.push(code));
  output.emit('error', broken('EPIPE'));
  expect(codes).toEqual([]);
});

test('another failure of an output is not swallowed', () => {
  const output = new EventEmitter();
  endWithReader([output], true, () => undefined);
  expect(() => output.emit('error', broken('EIO'))).toThrow('EIO');
});
