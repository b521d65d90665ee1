import { describe, expect, test } from 'vitest';
import type { MemberChange } from '../plan.ts';
import { FORMATS } from './index.ts';

const provider: readonly MemberChange[] = [
  { path: ['model_provider'], value: 'sluice' },
  { path: ['model_providers', 'sluice', 'name'], value: 'Sluice' },
];

function changed(
  format: keyof typeof FORMATS,
  text: string | undefined,
  changes: readonly MemberChange[],
): string {
  const result = FORMATS[format].change(text, changes);
  if (!result.ok) throw new Error(result.message);
  return result.text;
}

describe('13.8 TOML', () => {
  test.each([
    ['', 'model_provider = "sluice"\n\n[model_providers.sluice]\nname = "Sluice"\n'],
    [
      '# head\r\n\r\n[tui] # look\r\nx = 1',
      'model_provider = "sluice"\r\n# head\r\n\r\n[tui] # look\r\nx = 1\r\n\r\n[model_providers.sluice]\r\nname = "Sluice"\r\n',
    ],
    [
      'text = """\n[no.table]\n"""\n\n# about a\n[a]\n',
      'text = """\n[no.table]\n"""\nmodel_provider = "sluice"\n\n# about a\n[a]\n\n[model_providers.sluice]\nname = "Sluice"\n',
    ],
    [
      "model_provider = 'old' # mine\n[model_providers.sluice] # ours\nextra = 1\n",
      'model_provider = "sluice" # mine\n[model_providers.sluice] # ours\nname = "Sluice"\nextra = 1\n',
    ],
    [
      'model_providers = { other = { name = "x" } } # inline\n',
      'model_providers = { other = { name = "x" }, sluice = { name = "Sluice" } } # inline\nmodel_provider = "sluice"\n',
    ],
  ])('is edited where it stands: %j', (text, wanted) => {
    expect(changed('toml', text, provider)).toBe(wanted);
  });

  test('gives up a table that nothing is left in, and keeps one that holds something of others', () => {
    const gone = provider.map(({ path }) => ({ path, value: undefined }));
    expect(
      changed('toml', 'a = 1\nmodel_provider = "sluice"\n\n[model_providers.sluice]\nname = "x"\n', gone),
    ).toBe('a = 1\n');
    expect(changed('toml', '[model_providers.sluice]\nname = "x"\nmine = 1\n', gone)).toBe(
      '[model_providers.sluice]\nmine = 1\n',
    );
  });

  test('that cannot be read is refused', () => {
    expect(FORMATS.toml.change('a = \n', provider)).toMatchObject({
      ok: false,
      message: expect.stringContaining('not TOML'),
    });
  });
});

describe('13.8 JSON', () => {
  const env: readonly MemberChange[] = [
    { path: ['env', 'A'], value: '1' },
    { path: ['env', 'B'], value: '2' },
  ];

  test.each([
    [undefined, '{\n  "env": {\n    "A": "1",\n    "B": "2"\n  }\n}\n'],
    ['{}', '{\n  "env": { "A": "1", "B": "2" }\n}'],
    ['{\r\n\t"x": 1 // one\r\n}\r\n', '{\r\n\t"x": 1, // one\r\n\t"env": { "A": "1", "B": "2" }\r\n}\r\n'],
    ['{ "env": { "A": "0", /* c */ } }', '{ "env": { "A": "1", "B": "2", /* c */ } }'],
  ])('is edited where it stands, and gets no comma that JSON proper has not: %j', (text, wanted) => {
    expect(changed('json', text, env)).toBe(wanted);
  });

  test.each(['[]', '1', '{ "env": 1 }', '{ "env": }'])('%s is refused', (text) => {
    expect(FORMATS.json.change(text, env).ok).toBe(false);
  });
});

describe('13.8 variables', () => {
  test('are put in the place of the one that counts, or at the end', () => {
    const changes = [
      { path: ['A'], value: 'new' },
      { path: ['B'], value: "it's" },
    ];
    expect(changed('dotenv', 'A=1\r\nexport A="2" # why\r\n# end', changes.slice(0, 1))).toBe(
      'A=1\r\nA=new\r\n# end',
    );
    expect(FORMATS.dotenv.change('', changes).ok).toBe(false);
    expect(changed('dotenv', '# end', [{ path: ['C'], value: 'a b#c' }])).toBe("# end\nC='a b#c'\n");
    expect(FORMATS.dotenv.read("C='a b#c' # x\nD=1 # y\n")).toEqual({
      ok: true,
      values: { C: 'a b#c', D: '1' },
    });
  });
});
