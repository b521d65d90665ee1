// Whatever a home looks like, what `sluice setup` does to it can be taken back: byte for byte where nobody has touched the
// files since, and without a trace of ours where somebody has.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts, Tool, ToolId } from '../../src/setup/facts.ts';
import { FORMATS } from '../../src/setup/formats/index.ts';
import type { FileFormat } from '../../src/setup/plan.ts';
import { TOOLS } from '../../src/setup/tools/index.ts';
import { dotenvFile, jsonFile, tomlFile } from '../kit/setup-files.ts';
import { type HomeFile, makeHome } from '../kit/setup-home.ts';

const RUNS = 60;
const LIMIT_MS = 120_000;

type Format = Exclude<FileFormat, 'own'>;
interface Place {
  readonly path: string;
  readonly format: Format;
  readonly text: fc.Arbitrary<string>;
}

const codexTables = [
  ['[model_providers.other] # theirs', 'name = "Other"'],
  ['[model_providers.sluice]', 'base_url = "http://old/v1" # was', 'name = "Old"', 'extra = 1'],
];
const PLACES: Readonly<Record<ToolId, readonly Place[]>> = {
  'claude-code': [
    {
      path: '.claude/settings.json',
      format: 'json',
      text: jsonFile([
        ['env', '{ "A": "1", "ANTHROPIC_BASE_URL": "http://old" }'],
        ['env', '{}'],
        ['model', '"opus"'],
      ]),
    },
  ],
  codex: [
    {
      path: '.codex/config.toml',
      format: 'toml',
      text: tomlFile(['model = "gpt-5.5" # best', 'model_provider = "other"'], codexTables),
    },
  ],
  opencode: [
    {
      path: '.config/opencode/opencode.json',
      format: 'json',
      text: jsonFile([
        ['provider', '{ "other": { "npm": "x" }, /* more */ "sluice": { "options": {} } }'],
        ['model', '"other/x"'],
      ]),
    },
  ],
  'gemini-cli': [
    {
      path: '.gemini/.env',
      format: 'dotenv',
      text: dotenvFile(['GEMINI_API_KEY=AIzaOld # mine', 'GOOGLE_GEMINI_BASE_URL="http://old"']),
    },
    {
      path: '.gemini/settings.json',
      format: 'json',
      text: jsonFile([['security', '{ "auth": { "selectedType": "oauth-personal" } }']]),
    },
  ],
};

const facts: fc.Arbitrary<Facts> = fc
  .record({
    url: fc.constantFrom('http://127.0.0.1:9208', 'https://llm.example/gateway'),
    token: fc.constantFrom('sluice', 'sk-sluice-abcdefghijklmnop'),
    model: fc.constantFrom(undefined, 'gpt-5.5', 'anthropic/claude-x'),
    models: fc.subarray([
      { id: 'gpt-5.5', contextTokens: 400_000, outputTokens: 128_000 },
      { id: 'vendor/model:free', contextTokens: 32_000, outputTokens: 0 },
      { id: 'unknown', contextTokens: 0, outputTokens: 0 },
    ]),
  })
  .chain((given) =>
    fc.constantFrom<Facts>(given, {
      ...given,
      // With these Codex gets a file of its own besides.
      codexModels: [{ slug: 'gpt-5.5', visibility: 'list', context_window: 272_000 }],
    }),
  );

/** A tool with its files as they were before: there, not there, linked, or linked to nowhere. */
const situation = fc.constantFrom(...TOOLS.map(({ id }) => id)).chain((id) =>
  fc.record({
    id: fc.constant(id),
    files: fc.tuple(
      ...PLACES[id].map(({ path, text }) =>
        fc.record({
          path: fc.constant(path),
          text: fc.option(text, { nil: undefined, freq: 5 }),
          mode: fc.constantFrom(0o644, 0o600, 0o664),
          linked: fc.boolean(),
        }),
      ),
    ),
  }),
);

const toolOf = (id: ToolId): Tool => {
  const found = TOOLS.find((tool) => tool.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

/** A file that is neither there nor linked is not made at all. */
const present = (files: readonly HomeFile[]): HomeFile[] =>
  files.filter(({ text, linked }) => text !== undefined || linked);

describe('13.7 undoing a set-up', () => {
  test(
    '13.7 gives every home back byte for byte, however often it was set up',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          situation,
          fc.array(facts, { minLength: 1, maxLength: 3 }),
          async ({ id, files }, often) => {
            const tool = toolOf(id);
            const home = makeHome(present(files));
            const before = home.everything();
            for (const one of often) {
              await home.setUp(tool, one);
              expect(tool.pointsAt(home.looking)).toMatchObject({ token: one.token });
            }
            for (const { what } of (await home.undo(tool)) ?? [])
              expect(['restored', 'removed']).toContain(what);
            expect(home.everything()).toEqual(before);
            expect(await home.records.read()).toEqual({});
          },
        ),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  test(
    '13.8 leaves every line that is not its own as it was',
    async () => {
      await fc.assert(
        fc.asyncProperty(situation, facts, async ({ id, files }, one) => {
          const tool = toolOf(id);
          const home = makeHome(present(files));
          await home.setUp(tool, one);
          for (const { path, text } of files) if (text !== undefined) expectLinesKept(text, home.read(path));
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  test(
    '13.7 takes nothing but its own out of a file that somebody has changed since',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          situation,
          facts,
          fc.boolean(),
          fc.boolean(),
          async ({ id, files }, one, above, twice) => {
            const tool = toolOf(id);
            const home = makeHome(present(files));
            await home.setUp(tool, one);
            for (const place of PLACES[tool.id])
              home.write(place.path, changed(place.format, home.read(place.path), above));
            if (twice) await home.setUp(tool, { ...one, url: 'http://127.0.0.1:1' });
            await home.undo(tool);
            for (const [index, place] of PLACES[tool.id].entries()) {
              const original = files[index]?.text;
              const now = home.read(place.path);
              const wanted = changed(place.format, original ?? emptyOf(place.format), above);
              expect(valuesOf(place.format, now)).toEqual(valuesOf(place.format, wanted));
              // What was put above everything else leaves no reason to touch a byte.
              if (above && original !== undefined) expect(now).toBe(wanted);
            }
          },
        ),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  test(
    '13.7 puts the very first original back when that is forced, whatever was done since',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          situation,
          facts,
          fc.constantFrom('', '{ broken', 'x = ['),
          async ({ id, files }, one, text) => {
            const tool = toolOf(id);
            const home = makeHome(present(files));
            const before = home.everything();
            await home.setUp(tool, one);
            const [place] = PLACES[tool.id];
            if (place !== undefined) home.write(place.path, text);
            await home.undo(tool, true);
            expect(home.everything()).toEqual(before);
          },
        ),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
});

function emptyOf(format: Format): string {
  return format === 'json' ? '{\n}\n' : '';
}

/** What somebody else does to a file: a comment above it, or a value of his own at its end. */
function changed(format: Format, text: string, above: boolean): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const bare = text.slice(bom.length);
  if (above) return `${bom}${format === 'json' ? '// note' : '# note'}${eol}${bare}`;
  const end = bare === '' || bare.endsWith('\n') ? bare : bare + eol;
  if (format === 'toml') return `${bom}${end}${eol}[zeta]${eol}mine = true${eol}`;
  if (format === 'dotenv') return `${bom}${end}MINE=1${eol}`;
  const added = FORMATS.json.change(bare, [{ path: ['mine'], value: true }]);
  if (!added.ok) throw new Error(added.message);
  return bom + added.text;
}

function valuesOf(format: Format, text: string): unknown {
  const read = FORMATS[format].read(text.replace(/^\uFEFF/, ''));
  if (!read.ok) throw new Error(`${read.message}\n${text}`);
  return JSON.parse(JSON.stringify(read.values));
}

/** All lines are there in their order, but for those that hold a value of ours, or got a comma or an end. */
function expectLinesKept(before: string, after: string): void {
  const ours =
    /sluice|model|env|provider|security|auth|GEMINI|ANTHROPIC|base_url|wire_api|websockets|token|name/i;
  const bare = (line: string): string =>
    line
      .replace(/^\uFEFF/, '')
      .replace(/\r?\n$/, '')
      .replace(/,(?=\s*(?:\/\/[^"]*|\/\*[^*]*\*\/)?\s*$)/, '');
  const rest = after.split(/(?<=\n)/).map(bare);
  const oneLine = /^\uFEFF?\{.*\}\s*$/.test(before);
  for (const line of oneLine || before.replace(/^\uFEFF/, '') === '' ? [] : before.split(/(?<=\n)/)) {
    const at = rest.indexOf(bare(line));
    if (at < 0) expect(line).toMatch(ours);
    else rest.splice(0, at + 1);
  }
}
