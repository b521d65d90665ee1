// Aliases, lists of models and addresses: which upstream is asked for a name, and under which one.

import { describe, expect, it } from 'vitest';
import { ask } from '../kit/client.ts';
import type { UpstreamSetup } from '../kit/gateway.ts';
import { MODEL_PATHS, type ModelPath, namesIn } from '../kit/model-paths.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

type Setup = Omit<UpstreamSetup, 'origin'>;

/** Asks a gateway of some upstreams for models; answers "upstream>model" for each, or the status of a refusal. */
async function served(
  { from, to, stream }: ModelPath,
  asked: readonly string[],
  upstreams: readonly Setup[],
  more: Omit<Parameters<typeof gatewayWith>[0], 'upstreams'> = {},
): Promise<string[]> {
  const providers = await Promise.all(upstreams.map(() => provider((turn) => turn.healthy())));
  const gateway = await gatewayWith({
    ...more,
    upstreams: upstreams.map((setup, index) => ({
      dialects: [to],
      ...setup,
      origin: providers[index]?.origin ?? '',
    })),
  });
  const found: string[] = [];
  for (const name of asked) {
    const counts = providers.map(({ turns }) => turns.length);
    const answer = await ask(gateway.port, wires[from].request(name, stream, 'Hello'));
    const at = providers.findIndex(({ turns }, index) => turns.length > (counts[index] ?? 0));
    const model = providers[at]?.turns.at(-1)?.model ?? '';
    found.push(at === -1 ? String(answer.status) : `${upstreams[at]?.id}>${model}`);
    if (at !== -1) expect(namesIn(answer.text())).toEqual([name]);
  }
  return found;
}

describe.each(MODEL_PATHS)('%s:', (_, path) => {
  it('4.2 the exact alias comes before the longest prefix, and that before any', async () => {
    const aliases = {
      '*': 'any',
      'fast-*': 'short',
      'fast-x-*': 'long',
      'fast-x-1': 'exact',
      'fast*': 'shorter',
    };
    const names = ['fast-x-1', 'fast-x-2', 'fast-y', 'fastest', 'slow'];
    const expected = ['exact', 'long', 'short', 'shorter', 'any'].map((model) => `a>${model}`);
    expect(await served(path, names, [{ id: 'a', aliases }])).toEqual(expected);
    expect(await served(path, names, [{ id: 'a' }], { aliases })).toEqual(expected);
  });

  it('4.2 a global alias comes before those of upstreams, which then see its target', async () => {
    const found = await served(
      path,
      ['mine', 'other'],
      [{ id: 'a', aliases: { mine: 'of-upstream', target: 'of-target', other: 'of-other' } }],
      { aliases: { mine: 'target' } },
    );
    expect(found).toEqual(['a>of-target', 'a>of-other']);
  });

  it('4.4 a model goes only to upstreams whose list matches it', async () => {
    const upstreams = [
      { id: 'exact', models: ['gpt-9', 'o?'] },
      { id: 'globs', models: ['claude-*', '*-flash-?'] },
    ];
    const names = ['gpt-9', 'gpt-91', 'o3', 'o31', 'claude-', 'claude-x', 'g-flash-2', 'g-flash-22'];
    expect(await served(path, names, upstreams)).toEqual([
      'exact>gpt-9',
      '404',
      'exact>o3',
      '404',
      'globs>claude-',
      'globs>claude-x',
      'globs>g-flash-2',
      '404',
    ]);
  });

  it('4.4 an upstream without a list takes any model, and an alias is offered beside a list', async () => {
    const listed = { id: 'listed', priority: 1, models: ['m-*'], aliases: { nice: 'hidden' } };
    const found = await served(path, ['m-1', 'nice', 'unheard-of'], [listed, { id: 'open' }]);
    expect(found).toEqual(['listed>m-1', 'listed>hidden', 'open>unheard-of']);
  });

  it('4.5 upstream/model asks that upstream alone', async () => {
    const upstreams = [
      { id: 'a', priority: 9 },
      { id: 'b', aliases: { nice: 'real' } },
    ];
    const found = await served(path, ['m', 'b/m', 'a/m', 'b/nice', 'b/x/y'], upstreams);
    expect(found).toEqual(['a>m', 'b>m', 'a>m', 'b>real', 'b>x/y']);
  });

  it('4.5 a prefix that is no id of an upstream belongs to the name', async () => {
    expect(await served(path, ['c/m', 'openai/gpt-9'], [{ id: 'a' }])).toEqual(['a>c/m', 'a>openai/gpt-9']);
  });

  it('4.5 vendor/model is what a router lists it as, though an upstream has the name of the vendor', async () => {
    const upstreams = [{ id: 'openai' }, { id: 'router', models: ['openai/gpt-9'] }];
    const found = await served(path, ['openai/gpt-9', 'openai/gpt-8', 'router/openai/gpt-9'], upstreams);
    expect(found).toEqual(['router>openai/gpt-9', 'openai>gpt-8', 'router>openai/gpt-9']);
  });

  it('4.5 an addressed upstream must have the model, and be in use', async () => {
    const upstreams = [{ id: 'a', models: ['m'] }, { id: 'off', enabled: false }, { id: 'open' }];
    expect(await served(path, ['a/m', 'a/n', 'off/m'], upstreams)).toEqual(['a>m', '404', '404']);
  });

  it('4.5 a global alias may lead to an address', async () => {
    const found = await served(path, ['mine'], [{ id: 'a', priority: 9 }, { id: 'b' }], {
      aliases: { mine: 'b/m' },
    });
    expect(found).toEqual(['b>m']);
  });

  it('19.9 routes match the name that the client wrote, and choose among their own upstreams', async () => {
    const found = await served(path, ['m', 'b/m', 'special'], [{ id: 'a', priority: 9 }, { id: 'b' }], {
      aliases: { special: 'm' },
      routes: [{ id: 'r', models: ['special'], upstreams: ['b'] }],
    });
    expect(found).toEqual(['a>m', 'b>m', 'b>m']);
  });
});
