import { describe, expect, it } from 'vitest';
import type { Edit, EventEditing, Framing } from '../../src/core/dialects/dialect.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { MADE_STREAMS } from './fixtures/made-streams.ts';
import { recordedAnswers } from './recorded.ts';

function edited(text: string, edits: 'keep' | readonly Edit[]): string {
  if (edits === 'keep') return text;
  const bytes = Buffer.from(text);
  let result = '';
  let at = 0;
  for (const edit of edits) {
    expect(edit.start).toBeGreaterThanOrEqual(at);
    result += bytes.toString('utf8', at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + bytes.toString('utf8', at);
}

const NOTHING: EventEditing = { echoModel: undefined, hideUsage: false };
const ECHO: EventEditing = { echoModel: 'my "alias" ü', hideUsage: false };
const HIDE: EventEditing = { echoModel: undefined, hideUsage: true };
const ALIAS = JSON.stringify(ECHO.echoModel);

const edit = (dialect: DialectId, text: string, editing: EventEditing, framing: Framing = 'sse'): string =>
  edited(text, dialects[dialect].editEvents(Buffer.from(text), editing, framing));

describe('the name of the model', () => {
  it.each<readonly [DialectId, string, string]>([
    ['openai-chat', '{"id":"ü","model" : "up/stream-1","choices":[]}', 'model'],
    ['openai-responses', '{"output":[{"model":"x"}],"model":"up","text":{"model":"y"}}', 'model'],
    ['anthropic-messages', '{"model":"up","content":[]}', 'model'],
    ['gemini', '{"candidates":[],"modelVersion":"up"}', 'modelVersion'],
  ])('is replaced in an answer of %s, and nothing else', (dialect, text, member) => {
    const result = edited(text, dialects[dialect].editAnswer(Buffer.from(text), 'my "alias" ü'));
    expect(JSON.parse(result)).toEqual({ ...JSON.parse(text), [member]: 'my "alias" ü' });
    expect(Buffer.byteLength(result) - Buffer.byteLength(ALIAS)).toBe(
      Buffer.byteLength(text) - Buffer.byteLength(JSON.stringify(JSON.parse(text)[member])),
    );
  });

  it.each(DIALECT_IDS)('stays when an answer of %s has none or is broken', (dialect) => {
    for (const text of ['{}', '{"model": 7, "modelVersion": null}', '{"model": "x"', '[]', '']) {
      expect(dialects[dialect].editAnswer(Buffer.from(text), 'alias')).toEqual([]);
    }
  });

  it('is replaced in every chat chunk, wherever it stands', () => {
    const chunks = [
      'data: {"id":"c","model":"up","choices":[{"delta":{"content":"model\\": \\"no"}}]}\n\n',
      'data: {"id":"c","model":"up","choices":[{"delta":{"model":"inner"}}]}\n\n',
      ': comment\n\n',
      'event: x\r\ndata:{"choices":[],"model":"other"}\r\n\r\n',
      'data: {"id":"c","choices":[{"delta":{"model":"inner"}}]}\n\n',
      'data: {"id":"c","model":"up","choices":[]}\n\n',
      'data: [DONE]\n\n',
    ];
    const expected = chunks.map((chunk) => chunk.replace(/"model":"(up|other)"/, () => `"model":${ALIAS}`));
    expect(edit('openai-chat', chunks.join(''), ECHO)).toBe(expected.join(''));
  });

  it('is replaced in the lifecycle events of a response', () => {
    const text =
      'event: response.created\ndata: {"type":"response.created","model":"no","response":{"id":"r","model":"up","tools":[{"model":"t"}]}}\n\n' +
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"model"}\n\n' +
      'event: response.completed\ndata: {"type":"response.completed","response":{"model":"up","output":[]}}\n\n';
    expect(edit('openai-responses', text, ECHO)).toBe(
      text.replaceAll('"model":"up"', () => `"model":${ALIAS}`),
    );
  });

  it('is replaced in message_start', () => {
    const text =
      'event: message_start\ndata: {"type":"message_start","message":{"model":"up","content":[]}}\n\n';
    expect(edit('anthropic-messages', text, ECHO)).toBe(text.replace('"up"', () => ALIAS));
  });

  it('is replaced in Gemini chunks of both framings', () => {
    const chunk = '{"candidates":[{"modelVersion":"no"}],"modelVersion": "up"}';
    const named = chunk.replace('"up"', () => ALIAS);
    expect(edit('gemini', `data: ${chunk}\r\n\r\ndata: ${chunk}\r\n\r\n`, ECHO)).toBe(
      `data: ${named}\r\n\r\ndata: ${named}\r\n\r\n`,
    );
    expect(edit('gemini', `[${chunk}\n,\r\n${chunk}]`, ECHO, 'json-array')).toBe(`[${named}\n,\r\n${named}]`);
  });

  it('stays in events whose data stands on several lines', () => {
    const text = 'data: {"model":\ndata: "up"}\n\n';
    expect(dialects['openai-chat'].editEvents(Buffer.from(text), ECHO, 'sse')).toBe('keep');
  });
});

describe('a usage event that the client did not ask for', () => {
  const output = 'data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1}}\n\n';
  const alive = 'data: {"choices":[]}\n\n';
  const usage = 'data: {"model":"up","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n';

  it('removes the empty usage member that asking for usage puts into every chunk', () => {
    const chunk = (usage: string): string =>
      `data: {"id":"c",${usage}"choices":[{"delta":{"content":"\\"usage\\":null"}}]}\n\n`;
    const clean = chunk('');
    const last = 'data: {"id":"c","choices":[]}\n\n';
    expect(edit('openai-chat', chunk('"usage":null,') + chunk('"usage" : null,'), HIDE)).toBe(clean + clean);
    expect(edit('openai-chat', 'data: {"id":"c","choices":[], "usage": null}\n\n', HIDE)).toBe(last);
    expect(edit('openai-chat', chunk('"usage":null,'), NOTHING)).toBe(chunk('"usage":null,'));
    expect(edit('openai-chat', chunk('"usage":{"n":1},'), HIDE)).toBe(chunk('"usage":{"n":1},'));
  });

  it('is removed whole from a chat stream, and no other event is', () => {
    expect(edit('openai-chat', `${output}${alive}${usage}data: [DONE]\n\n`, HIDE)).toBe(
      `${output}${alive}data: [DONE]\n\n`,
    );
  });

  it('is removed and not renamed at the same time', () => {
    const other = 'data: {"model":"up","choices":[{}]}\n\n';
    const result = edit('openai-chat', other + usage + other, { ...ECHO, hideUsage: true });
    expect(result).toBe(other.replace('"up"', () => ALIAS).repeat(2));
  });
});

describe.each(MADE_STREAMS)('$dialect: $name', ({ dialect, framing, pieces }) => {
  it('passes as it is when nothing is to be edited', () => {
    expect(dialects[dialect].editEvents(Buffer.from(pieces.join('')), NOTHING, framing)).toBe('keep');
  });

  it('loses nothing when the name is replaced', () => {
    const text = pieces.join('');
    expect(edit(dialect, text, { ...ECHO, echoModel: 'm-1' }, framing)).toBe(text);
  });
});

const streams = recordedAnswers().filter(({ kind }) => kind === 'stream');

describe.skipIf(streams.length === 0)('recorded streams', () => {
  it.each(streams)('$name names only the alias', ({ dialect, framing, body }) => {
    const text = edit(dialect, body.toString(), { echoModel: 'alias-1', hideUsage: false }, framing);
    const watch = dialects[dialect].watch(framing);
    watch.read(Buffer.from(text));
    expect(watch.model).toBe('alias-1');
    expect(edit(dialect, text, { echoModel: 'alias-1', hideUsage: false }, framing)).toBe(text);
    if (dialect === 'openai-responses') return; // Its other events may hold models of their own, such as those of tools.
    const names = [...text.matchAll(/"(?:model|modelVersion)": ?"([^"]*)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(['alias-1']));
  });
});
