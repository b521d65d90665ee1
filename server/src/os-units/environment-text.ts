// The file that holds the keys of a gateway which the system starts: lines of NAME=value. systemd and Node.js read such
// files by rules that differ in quotes and escapes, so only what both read alike is written.

/** What stands in a file that nobody has filled yet. */
export const ENVIRONMENT_START = `# Variables of the Sluice that the system starts, one NAME=value a line: the keys that sluice.jsonc refers to.
# After a change, run "sluice service install" again.
`;

/** A value that needs no quotes and has no meaning of its own in any reader. */
const PLAIN = /^[A-Za-z0-9_+\-./:=@,~%?&*!$()[\]{}|<>^]+$/;

/** True when the value can be written as it is. */
export function isPlainValue(value: string): boolean {
  return PLAIN.test(value);
}

/** The text with some variables set: lines that set them already are replaced, all others stay. Values must be plain. */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const names = new Set(Object.keys(variables));
  const kept = text.split('\n').filter((line) => !names.has(nameOf(line)));
  while (kept.at(-1) === '') kept.pop();
  const added = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return `${[...kept, ...added].join('\n')}\n`;
}

/** The variables of a file, for finding out whether a configuration has all that it refers to. */
export function variablesOf(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const name = nameOf(line);
    if (name !== '')
      found[name] = line
        .slice(line.indexOf('=') + 1)
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2');
  }
  return found;
}

function nameOf(line: string): string {
  return /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(line)?.[1] ?? '';
}
