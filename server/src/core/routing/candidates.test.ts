import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../model/dialect-id.ts';
import { findCandidates } from './candidates.ts';
import { explain } from './explain.ts';
import type { ModelQuery, Routable } from './offer.ts';

function upstream(id: string, more: Partial<Routable> = {}): Routable {
  return {
    id,
    enabled: true,
    priority: 0,
    dialects: ['openai-chat'],
    convert: [],
    keys: [{ id: `${id}-1` }],
    models: [],
    aliases: {},
    provider: { owns: [] },
    ...more,
  };
}

function ask(model: string, more: Partial<ModelQuery> = {}): ModelQuery {
  return { model, dialect: 'openai-chat', bridges: DIALECT_IDS, globalAliases: {}, ...more };
}

/** "upstream/key>model", with a star where the name differs from the client's. */
function found(upstreams: readonly Routable[], query: ModelQuery): string[] | string {
  const finding = findCandidates(upstreams, query);
  if (!finding.ok) return finding.reason;
  return finding.candidates.map(
    ({ upstream: { id }, key, model }) => `${id}/${key.id}>${model}${model === query.model ? '' : '*'}`,
  );
}

const openai = upstream('openai', { provider: { owns: ['gpt-*'] } });
const claude = upstream('anthropic', { dialects: ['anthropic-messages'], provider: { owns: ['claude-*'] } });
const local = upstream('local', { models: ['openai/gpt-oss-20b', 'qwen3*'] });

describe('findCandidates', () => {
  it('gives one candidate per key of each upstream that offers the model', () => {
    const two = upstream('b', { keys: [{ id: 'x' }, { id: 'y' }] });
    expect(found([upstream('a'), two], ask('m'))).toEqual(['a/a-1>m', 'b/x>m', 'b/y>m']);
  });

  it('leaves disabled upstreams out', () => {
    expect(found([upstream('a', { enabled: false }), upstream('b')], ask('m'))).toEqual(['b/b-1>m']);
    expect(found([upstream('a', { enabled: false })], ask('m'))).toBe('none');
    expect(found([], ask('m'))).toBe('none');
  });

  it('keeps to the list of an upstream that has one', () => {
    expect(found([local], ask('qwen3-coder'))).toEqual(['local/local-1>qwen3-coder']);
    expect(found([local], ask('llama'))).toBe('model');
  });

  it('sends a model to its owner, and to a foreign upstream only when there is no other', () => {
    const router = upstream('router', { provider: { owns: ['*/*'] } });
    expect(found([openai, router], ask('gpt-5'))).toEqual(['openai/openai-1>gpt-5']);
    expect(found([openai, router], ask('x/y'))).toEqual(['router/router-1>x/y']);
    expect(found([openai, router], ask('mystery'))).toEqual([
      'openai/openai-1>mystery',
      'router/router-1>mystery',
    ]);
    expect(found([openai, local], ask('qwen3'))).toEqual(['local/local-1>qwen3']);
  });

  it('converts for upstreams that allow it, in the best format that they speak', () => {
    const willing = upstream('w', { dialects: ['gemini', 'openai-responses'], convert: ['openai-chat'] });
    const finding = findCandidates([willing, upstream('b')], ask('m'));
    expect(finding.ok && finding.candidates.map(({ dialect, native }) => [dialect, native])).toEqual([
      ['gemini', false],
      ['openai-chat', true],
    ]);
    expect(found([willing], ask('m', { dialect: 'anthropic-messages' }))).toBe('dialect');
    expect(found([willing], ask('m', { bridges: [] }))).toBe('dialect');
    expect(explain([willing], ask('m'))[0]?.sentence).toContain('converted to gemini');
  });

  it('says which dialects would work when the owner does not speak the asked one', () => {
    const finding = findCandidates([openai, claude], ask('claude-opus-5'));
    expect(finding).toMatchObject({ ok: false, reason: 'dialect', dialects: ['anthropic-messages'] });
    expect(found([openai, claude], ask('claude-opus-5', { dialect: 'anthropic-messages' }))).toEqual([
      'anthropic/anthropic-1>claude-opus-5',
    ]);
  });

  it('reads upstream-id/model as an address', () => {
    expect(found([openai, local, upstream('b')], ask('b/gpt-5'))).toEqual(['b/b-1>gpt-5*']);
    expect(found([openai], ask('openai/unheard-of'))).toEqual(['openai/openai-1>unheard-of*']);
    expect(found([upstream('b')], ask('nobody/gpt-5'))).toEqual(['b/b-1>nobody/gpt-5']);
    expect(found([openai, local], ask('local/gpt-5'))).toBe('model');
    expect(found([upstream('off', { enabled: false }), openai], ask('off/gpt-5'))).toBe('model');
  });

  it('takes a name that an upstream lists exactly as that name, address or not', () => {
    expect(found([openai, local], ask('openai/gpt-oss-20b'))).toEqual(['local/local-1>openai/gpt-oss-20b']);
  });

  it("applies global aliases first, then each upstream's own", () => {
    const mapped = upstream('mapped', { aliases: { big: 'huge-1' }, models: ['never'] });
    const globalAliases = { fast: 'big' };
    expect(found([mapped, upstream('plain')], ask('fast', { globalAliases }))).toEqual([
      'mapped/mapped-1>huge-1*',
      'plain/plain-1>big*',
    ]);
    expect(found([openai, local], ask('fast', { globalAliases: { fast: 'openai/gpt-5' } }))).toEqual([
      'openai/openai-1>gpt-5*',
    ]);
  });

  it('counts an alias of an upstream as an offer of its own', () => {
    const forced = upstream('forced', { aliases: { '*': 'only-model' }, provider: { owns: ['gpt-*'] } });
    expect(found([forced], ask('whatever'))).toEqual(['forced/forced-1>only-model*']);
  });

  it('asks everybody when no model is named', () => {
    expect(found([openai, local], ask(''))).toEqual(['openai/openai-1>', 'local/local-1>']);
  });

  it('names similar models when nobody offers the one asked for', () => {
    const finding = findCandidates(
      [local, upstream('c', { models: ['gpt-5'], aliases: { 'gpt-6': 'x' } })],
      ask('gpt-7'),
    );
    expect(finding).toEqual({ ok: false, reason: 'model', near: ['gpt-5', 'gpt-6'], dialects: [] });
  });

  it('is not fooled by names of object members', () => {
    expect(found([local], ask('__proto__'))).toBe('model');
    expect(found([local], ask('constructor/x'))).toBe('model');
  });
});

describe('explain', () => {
  it('says of every upstream why it is or is not a candidate', () => {
    const off = upstream('off', { enabled: false });
    const sentences = explain([openai, claude, local, off], ask('gpt-5')).map(({ candidate, sentence }) => [
      candidate,
      sentence,
    ]);
    expect(sentences).toEqual([
      [true, 'openai offers "gpt-5" (priority 0, 1 key).'],
      [false, expect.stringContaining('anthropic offers "gpt-5", but speaks anthropic-messages')],
      [false, expect.stringContaining('none of them matches "gpt-5"')],
      [false, 'off is disabled.'],
    ]);
  });

  it('explains addresses, renaming and foreign models', () => {
    expect(explain([openai, local], ask('openai/x')).map(({ sentence }) => sentence)).toEqual([
      'openai offers "openai/x", sent as "x" (priority 0, 1 key).',
      'local is not the upstream that "openai/x" addresses (openai).',
    ]);
    expect(explain([openai], ask('x'))[0]?.sentence).toContain('no other upstream offers it');
    expect(explain([openai, local], ask('qwen3'))[0]?.sentence).toContain('another upstream offers it');
  });

  it('tells of the effort that a name ends in', () => {
    const [said] = explain([openai], ask('gpt-5-reasoning-low', { takesEffort: true }));
    expect(said?.sentence).toBe(
      'openai offers "gpt-5-reasoning-low", sent as "gpt-5" with the reasoning effort low (priority 0, 1 key).',
    );
  });

  it('agrees with findCandidates', () => {
    const all = [openai, claude, local];
    for (const model of ['gpt-5', 'claude-x', 'qwen3', 'openai/gpt-oss-20b', 'x', '']) {
      const finding = findCandidates(all, ask(model));
      const ids = finding.ok ? finding.candidates.map((candidate) => candidate.upstream.id) : [];
      expect(
        explain(all, ask(model))
          .filter(({ candidate }) => candidate)
          .map(({ upstreamId }) => upstreamId),
      ).toEqual(ids);
    }
  });
});
