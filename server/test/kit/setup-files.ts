// Files of tools as people write them: with comments, in any layout, with either line break, with a byte order mark.

import fc from 'fast-check';

/** How a file is laid out. */
interface Layout {
  readonly eol: string;
  readonly unit: string;
  readonly bom: boolean;
  /** A line break stands at the end. */
  readonly ended: boolean;
}

const layout: fc.Arbitrary<Layout> = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  unit: fc.constantFrom('  ', '\t', '    '),
  bom: fc.boolean(),
  ended: fc.boolean(),
});
const word = fc.constantFrom('a', 'b c', 'ünï', '日本', 'x"y', 'C:\\dir', '# no comment', '// neither', '');
const name = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'theme', 'list');

function finished(lines: readonly string[], { eol, bom, ended }: Layout): string {
  return `${bom ? '\uFEFF' : ''}${lines.join(eol)}${ended ? eol : ''}`;
}

/** Members of a JSON object, by the text of their values. */
const jsonValue = fc.oneof(
  word.map((text) => JSON.stringify(text)),
  fc.integer().map(String),
  fc.constantFrom('true', 'null', '[]', '{}', '[1, 2, /* two */ 3]', '{ "deep": { "er": 1 } }'),
);

/** Files of JSON with comments; some hold what the tools set already. */
export function jsonFile(known: readonly (readonly [name: string, value: string])[]): fc.Arbitrary<string> {
  const member = fc.oneof(
    fc.tuple(name, jsonValue),
    ...(known.length === 0 ? [] : [fc.constantFrom(...known)]),
  );
  return fc
    .tuple(
      layout,
      fc.uniqueArray(member, { maxLength: 6, selector: ([one]) => one }),
      fc.array(fc.constantFrom('', ' // why', ' /* how */'), { minLength: 7, maxLength: 7 }),
      fc.boolean(),
      fc.constantFrom('lines', 'lines', 'one line'),
    )
    .map(([style, members, comments, trailing, how]) => {
      const texts = members.map(([one, value]) => `${JSON.stringify(one)}: ${value}`);
      if (how === 'one line') return finished([`{ ${texts.join(', ')} }`], style);
      const lines = texts.map((text, index) => {
        const comma = index < texts.length - 1 || trailing ? ',' : '';
        return `${style.unit}${text}${comma}${comments[index]}`;
      });
      const heads = comments[6] === '' ? [] : [`// head${comments[6]}`];
      return finished([...heads, '{', ...lines, '}'], style);
    });
}

/** Files of TOML with comments. `known`: root values and tables that the tools set already. */
export function tomlFile(
  known: readonly string[],
  tables: readonly (readonly string[])[],
): fc.Arbitrary<string> {
  const value = fc.oneof(
    word.map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '1',
      '0xFF',
      '1.50',
      '1979-05-27T07:32:00Z',
      "'raw\\'",
      '[ 1,  2 ]',
      '{ a = 1, b.c = 2 }',
    ),
  );
  const comment = fc.constantFrom('', '', '  # why', ' #how');
  const assignment = fc
    .tuple(name, value, comment)
    .map(([one, text, note]) => [one, `${one} = ${text}${note}`] as const);
  const assignments = fc.uniqueArray(assignment, { maxLength: 4, selector: ([one]) => one });
  const table = fc
    .tuple(fc.constantFrom('mcp_servers.x', 'tui', 'profiles.p', 'features'), assignments, comment)
    .map(([one, inner, note]) => [one, ['', `[${one}]${note}`, ...inner.map(([, line]) => line)]] as const);
  const own = fc.subarray([...tables]).map((some) => some.flatMap((lines) => ['', ...lines]));
  return fc
    .tuple(
      layout,
      fc.constantFrom([], ['# head'], ['# head', '']),
      assignments,
      fc.subarray([...known]),
      fc.uniqueArray(table, { maxLength: 3, selector: ([one]) => one }),
      own,
    )
    .map(([style, head, root, roots, some, mine]) =>
      finished(
        [...head, ...root.map(([, line]) => line), ...roots, ...mine, ...some.flatMap(([, lines]) => lines)],
        style,
      ),
    );
}

/** Files of variables. */
export function dotenvFile(known: readonly string[]): fc.Arbitrary<string> {
  const line = fc.oneof(
    fc.constantFrom('', '# note', 'A=1', 'export B="two words" # why', "C='x'", 'D = 3', 'not a variable'),
    fc.constantFrom(...known),
  );
  return fc.tuple(layout, fc.array(line, { maxLength: 6 })).map(([style, lines]) => finished(lines, style));
}
