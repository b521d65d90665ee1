// One thing that is wrong (or doubtful) in a configuration: where it stands, what it is, what to do about it.

/** A member name or list index on the way from the root to a value. */
export type PathStep = string | number;

/** Where something stands. Lines and columns count from 1; a column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One finding. Never holds the value of a reference or of a secret. */
export interface Problem {
  /** Warnings do not stop a configuration from being used. */
  readonly severity: 'error' | 'warning';
  /** Absolute path of the file; undefined when the finding is about the environment or a flag. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Where in the configuration, as in "upstreams[0].baseUrl"; '' for the file as a whole. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do. */
  readonly suggestion?: string;
}

/** Writes a path as people write it: `upstreams[0].headers["x-a"]`. */
export function pathText(path: readonly PathStep[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** The place of a problem, as editors and terminals link it: `sluice.jsonc:4:7`. */
export function placeText(problem: Problem): string {
  if (problem.file === undefined) return '';
  return problem.line === undefined ? problem.file : `${problem.file}:${problem.line}:${problem.column ?? 1}`;
}

/** One line of text: place, path, what is wrong, what to do. */
export function formatProblem(problem: Problem): string {
  const parts = [placeText(problem), problem.path, problem.message].filter((part) => part !== '');
  const said = parts.join(': ');
  const level = problem.severity === 'warning' ? `warning: ${said}` : said;
  return problem.suggestion === undefined ? level : `${level} ${problem.suggestion}`;
}
