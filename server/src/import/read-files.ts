// Reads what is to be imported: files, or the folder of a gateway, in which the files that it is known to have are looked
// for. Sizes are bounded, and nothing that is wrong with a file is thrown.

import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Document, isScalar, LineCounter, parseDocument as parseYaml, visit } from 'yaml';
import { parseDocument } from '../config/document.ts';
import type { Environment } from '../config/environment.ts';
import { formatProblem } from '../config/problem.ts';
import { codeOf } from '../config/system-code.ts';

/** A file with its content, as far as its kind could be told. */
export type InputFile = { readonly path: string; readonly name: string } & (
  | { readonly kind: 'env'; readonly variables: Environment }
  | { readonly kind: 'json' | 'yaml'; readonly value: unknown }
);

/** The files, or what is wrong with one of them. */
export type FilesRead =
  | { readonly ok: true; readonly files: readonly InputFile[] }
  | { readonly ok: false; readonly message: string; readonly suggestion: string };

/** No configuration of a gateway is larger. */
const LIMIT_BYTES = 8 * 1024 * 1024;

/** Where gateways keep their configuration, relative to their folders. */
const KNOWN = [
  '.env',
  'config.jsonc',
  'config.yaml',
  'config.yml',
  'proxy_config.yaml',
  'litellm_config.yaml',
  'src/config/apis.json',
  'src/data/rateLimitData.json',
  'data/keys.json',
];

/** Reads files and folders. */
export async function readFiles(paths: readonly string[]): Promise<FilesRead> {
  const files: InputFile[] = [];
  for (const path of paths) {
    const found = await filesAt(path);
    if (!found.ok) return found;
    for (const one of found.paths) {
      const read = await readOne(one);
      if ('message' in read) return { ok: false, ...read };
      files.push(read);
    }
  }
  return { ok: true, files };
}

type PathsFound =
  | { readonly ok: true; readonly paths: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly suggestion: string };

async function filesAt(path: string): Promise<PathsFound> {
  try {
    if (!(await stat(path)).isDirectory()) return { ok: true, paths: [path] };
    const known = KNOWN.map((name) => join(path, name));
    const there = await Promise.all(known.map(isFile));
    const paths = known.filter((_, index) => there[index]);
    if (paths.length > 0) return { ok: true, paths };
    return {
      ok: false,
      message: `In ${path} there is none of the files that gateways keep their configuration in.`,
      suggestion: `Looked for ${KNOWN.join(', ')}. Name the file itself.`,
    };
  } catch (error) {
    return { ok: false, ...unreadable(path, error) };
  }
}

function unreadable(path: string, error: unknown): { readonly message: string; readonly suggestion: string } {
  const code = codeOf(error);
  const message =
    code === 'ENOENT' ? `${path} is not there.` : `${path} cannot be read: the system says ${code}.`;
  return { message, suggestion: 'Check the path.' };
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readOne(path: string): Promise<InputFile | { message: string; suggestion: string }> {
  try {
    const { size } = await stat(path);
    if (size > LIMIT_BYTES)
      return { message: `${path} is larger than 8 MiB.`, suggestion: 'Is it the configuration?' };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return parse(path, text.replaceAll('\0', ''));
  } catch (error) {
    if (error instanceof TypeError)
      return { message: `${path} is no text in UTF-8.`, suggestion: 'Is it the configuration?' };
    return unreadable(path, error);
  }
}

function parse(path: string, text: string): InputFile | { message: string; suggestion: string } {
  const name = basename(path);
  if (/\.ya?ml$/i.test(name)) return parseYamlFile(path, name, text);
  if (/\.jsonc?$/i.test(name) || /^\s*(?:\/\/|\/\*|[[{])/.test(text)) return parseJsonFile(path, name, text);
  const variables = { ...parseEnv(text) };
  if (Object.keys(variables).length > 0) return { path, name, kind: 'env', variables };
  return {
    message: `${path} holds no line of the form NAME=value.`,
    suggestion: 'JSON files are to end in .json or .jsonc, YAML files in .yaml or .yml.',
  };
}

function parseJsonFile(
  path: string,
  name: string,
  text: string,
): InputFile | { message: string; suggestion: string } {
  const parsed = parseDocument(path, text);
  if (parsed.ok) return { path, name, kind: 'json', value: parsed.document.value };
  const [first] = parsed.problems;
  const message = first === undefined ? `${path} is not JSON.` : formatProblem(first);
  return { message, suggestion: 'Correct the file, and import it again.' };
}

/** YAML; merged mappings are those of older versions. References to parts of the file are bounded, custom types are texts. */
function parseYamlFile(
  path: string,
  name: string,
  text: string,
): InputFile | { message: string; suggestion: string } {
  const suggestion = 'Correct the file, and import it again.';
  try {
    const lines = new LineCounter();
    // The library compares every name with all before it, which takes minutes where there are many.
    const options = { merge: true, uniqueKeys: false, logLevel: 'silent', lineCounter: lines } as const;
    const document = parseYaml(text, options);
    const [first] = document.errors;
    // Its message repeats a line of the file, which may hold a key.
    const offset = first?.pos[0] ?? placeOfRepeat(document);
    const line = offset === undefined ? undefined : lines.linePos(offset).line;
    if (offset !== undefined)
      return { message: `${path} is not YAML${line === undefined ? '' : ` (line ${line})`}.`, suggestion };
    return { path, name, kind: 'yaml', value: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    return { message: `${path} is not YAML that can be read: it refers to itself too often.`, suggestion };
  }
}

/** Where a mapping has a name for the second time. */
function placeOfRepeat(document: Document.Parsed): number | undefined {
  let place: number | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const names = new Set<unknown>();
      for (const { key } of items) {
        // "<<" is a symbol, and may stand in one mapping more than once.
        if (!isScalar(key) || typeof key.value === 'symbol') continue;
        if (names.has(key.value)) {
          place = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        names.add(key.value);
      }
      return undefined;
    },
  });
  return place;
}
