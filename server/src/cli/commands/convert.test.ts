import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordingTerminal } from '../../../test/kit/recording-terminal.ts';
import { isObject } from '../../core/model/json.ts';
import { convertCommand } from './convert.ts';

interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs `sluice convert …` in a folder of its own that holds the given files. */
async function run(files: Record<string, string>, ...args: string[]): Promise<Run> {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-convert-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const { terminal, said } = recordingTerminal(cwd);
  const command = convertCommand(terminal)
    .exitOverride()
    .configureOutput({
      writeErr: (text) => {
        said.err += text;
      },
    });
  const program = new Command('sluice').exitOverride().addCommand(command);
  try {
    await program.parseAsync(['convert', ...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    said.code = thrown.exitCode;
  }
  return said;
}

const REQUEST = JSON.stringify({
  model: 'claude-sonnet-4-5',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'Hello' }],
});
const TO_GEMINI = ['--from', 'anthropic-messages', '--to', 'gemini'];
const ANSWER = JSON.stringify({
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi.' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
  modelVersion: 'gemini-2.5-pro',
  responseId: 'r-1',
});
const FROM_GEMINI = ['--from', 'gemini', '--to', 'anthropic-messages', '--response'];

/** A member of a printed document. */
function member(text: string, name: string): unknown {
  const json: unknown = JSON.parse(text);
  return isObject(json) ? json[name] : undefined;
}

describe('sluice convert', () => {
  it('prints the body for the upstream, and for people the path and what is lost', async () => {
    const { out, err, code } = await run({ 'request.json': REQUEST }, ...TO_GEMINI, 'request.json');
    expect(JSON.parse(out)).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
      generationConfig: { maxOutputTokens: 10 },
    });
    expect(err).toBe('POST /v1beta/models/claude-sonnet-4-5:generateContent\nNothing is lost.\n');
    expect(code).toBe(0);
  });

  it('says what is lost, how bad it is, and why', async () => {
    const request = REQUEST.replace('{', '{"top_k":5,');
    const { err, code } = await run(
      { 'request.json': request },
      '--from',
      'anthropic-messages',
      '--to',
      'openai-chat',
      'request.json',
    );
    expect(err).toMatch(/^quality \w+ top-k dropped: \S.*$/m);
    expect(code).toBe(0);
  });

  it('asks for another model and for a stream when told to', async () => {
    const files = { 'request.json': REQUEST };
    const { err } = await run(files, ...TO_GEMINI, '--model', 'gemini-2.5-pro', '--stream', 'request.json');
    expect(err).toContain('POST /v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse\n');
  });

  it('prints one document with --json', async () => {
    const { out, err } = await run({ 'request.json': REQUEST }, ...TO_GEMINI, '--json', 'request.json');
    expect([member(out, 'path'), member(out, 'losses'), err]).toEqual([
      '/v1beta/models/claude-sonnet-4-5:generateContent',
      [],
      '',
    ]);
  });

  it.each([[[]], [['-']]])('reads standard input when the file is %j', async (file) => {
    const { stdin } = process;
    onTestFinished(() => void Object.defineProperty(process, 'stdin', { value: stdin, configurable: true }));
    Object.defineProperty(process, 'stdin', { value: Readable.from([REQUEST]), configurable: true });
    const { out, code } = await run({}, ...TO_GEMINI, ...file);
    expect([member(out, 'contents'), code]).toEqual([[{ role: 'user', parts: [{ text: 'Hello' }] }], 0]);
  });

  it('reads a text that begins with a byte order mark', async () => {
    expect((await run({ 'request.json': `\ufeff${REQUEST}` }, ...TO_GEMINI, 'request.json')).code).toBe(0);
  });

  it('converts an answer', async () => {
    const { out, err, code } = await run({ 'answer.json': ANSWER }, ...FROM_GEMINI, 'answer.json');
    expect([member(out, 'content'), member(out, 'model')]).toEqual([
      [{ type: 'text', text: 'Hi.' }],
      'gemini-2.5-pro',
    ]);
    expect([err, code]).toEqual(['Nothing is lost.\n', 0]);
  });

  it.each([
    ['events', `data: ${ANSWER}\n\n`],
    ['events without their last blank line', `data: ${ANSWER}`],
    ['one array, as gemini streams without alt=sse', `[${ANSWER}\n]`],
  ])('converts a stream that is %s', async (_, stream) => {
    const { out, code } = await run({ 'answer.sse': stream }, ...FROM_GEMINI, '--stream', 'answer.sse');
    expect(out).toMatch(/^event: message_start\n/);
    expect(out).toContain('"text":"Hi."');
    expect(out).toContain('event: message_stop\n');
    expect(code).toBe(0);
  });

  it('shows a stream that broke off with the error that the client would see', async () => {
    const text = `data: ${ANSWER.replace('"finishReason":"STOP"', '"index":0')}\n\n`;
    const { out, code } = await run({ 'answer.sse': text }, ...FROM_GEMINI, '--stream', 'answer.sse');
    expect(out).toContain('"text":"Hi."');
    expect(out).toMatch(/event: error\n.*finish reason/);
    expect(code).toBe(0);
  });
});

describe('what cannot be converted', () => {
  it.each([
    ['a file that is not there', {}, [...TO_GEMINI, 'none.json'], 'error There is no file none.json.\n'],
    ['a folder', {}, [...TO_GEMINI, '.'], 'error . is a folder.\n'],
    [
      'bad JSON',
      { 'a.json': '{\n  "model": }' },
      [...TO_GEMINI, 'a.json'],
      /^error The text is not acceptable JSON: .* at line 2, column 12\.\n$/,
    ],
    [
      'nothing',
      { 'a.json': '' },
      [...TO_GEMINI, 'a.json'],
      /^error The text is not acceptable JSON: .*empty/,
    ],
    [
      'JSON nested without end',
      { 'a.json': `{"messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
      [...TO_GEMINI, 'a.json'],
      /^error The text is not acceptable JSON: .*deep/,
    ],
    [
      'a request of another shape',
      { 'a.json': '{"model":"m","max_tokens":1,"messages":5}' },
      [...TO_GEMINI, 'a.json'],
      /^error .*messages/,
    ],
    [
      'a request without a model',
      { 'a.json': '{"contents":[{"parts":[{"text":"x"}]}]}' },
      ['--from', 'gemini', '--to', 'openai-chat', 'a.json'],
      'error The request names no model. Use --model.\n',
    ],
    [
      'an answer that is an error',
      { 'a.json': '{"error":{"code":429,"message":"Too much.","status":"RESOURCE_EXHAUSTED"}}' },
      [...FROM_GEMINI, 'a.json'],
      /^error .*Too much\./,
    ],
    [
      'a stream without a word of output',
      { 'a.sse': 'hello' },
      [...FROM_GEMINI, '--stream', 'a.sse'],
      /^error .*finish reason/,
    ],
    [
      'an unknown format',
      { 'a.json': REQUEST },
      ['--from', 'claude', '--to', 'gemini', 'a.json'],
      /^error: .*'claude' is invalid\. Allowed choices are openai-chat, /,
    ],
    ['no format', { 'a.json': REQUEST }, ['--to', 'gemini', 'a.json'], /^error: required option '--from/],
    [
      'an unknown provider',
      { 'a.json': REQUEST },
      [...TO_GEMINI, '--provider', 'nobody', 'a.json'],
      /^error There is no provider "nobody"\. There are .*gemini/,
    ],
  ] as const)('%s is told in a sentence, with exit code 1', async (_, files, args, told) => {
    const { out, err, code } = await run(files, ...args);
    expect(err).toMatch(told);
    expect([out, code]).toEqual(['', 1]);
  });
});
