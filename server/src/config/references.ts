// References in the text values of the configuration: ${NAME}, ${NAME:-default} and {file:path}. What was written is
// kept, so that a value that came from a reference is never shown.

import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Document, JsonValue } from './document.ts';
import type { Environment } from './environment.ts';
import { type PathStep, type Problem, pathText } from './problem.ts';

/** What a referenced file holds, or why it cannot be had. */
export type FileContent = { readonly text: string } | { readonly failure: string };

/** A configuration whose references are replaced, and what was written where they stood. */
export interface Expanded {
  readonly value: JsonValue;
  /** pathText of each value that holds a reference → the text as written. */
  readonly written: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

// $${ escapes; then ${NAME} or ${NAME:-default}; then {file:path}; then an unfinished or malformed ${.
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\{file:([^}]*)\}|\$\{|\{file:/g;

/** Absolute path of a {file:…} reference: relative to the folder of the configuration; ~/ is the home of the user. */
function referencedPath(written: string, configFile: string | undefined): string {
  if (written.startsWith('~/')) return join(homedir(), written.slice(2));
  return resolve(configFile === undefined ? '.' : dirname(configFile), written);
}

/** Every file that a configuration refers to, as absolute paths. */
export function referencedFiles(document: Document): readonly string[] {
  const files = new Set<string>();
  eachText(document.value, [], (text) => {
    for (const match of text.matchAll(REFERENCE)) {
      if (match[3] !== undefined && match[3] !== '') files.add(referencedPath(match[3], document.file));
    }
  });
  return [...files];
}

/** Names of the environment variables in a text, in order. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].flatMap((match) => match[1] ?? []);
}

/** The text with everything outside references hidden, defaults included: what may be shown of a secret. */
export function hideLiterals(text: string): string {
  let shown = '';
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match[1] === undefined && match[3] === undefined) continue;
    if (match.index > end) shown += HIDDEN;
    const fallback = match[2] === undefined || match[2] === '' ? (match[2] ?? '') : HIDDEN;
    shown +=
      match[1] === undefined ? match[0] : `\${${match[1]}${match[2] === undefined ? '' : `:-${fallback}`}}`;
    end = match.index + match[0].length;
  }
  return end < text.length ? shown + HIDDEN : shown;
}

/** Stands for a secret wherever one would be printed. */
export const HIDDEN = '••••';

/**
 * Replaces the references of a document. `files` holds what referencedFiles() asked for. What cannot be replaced is a
 * problem and stays as it is written; inside an upstream or client that is switched off it is no problem.
 */
export function expandReferences(
  document: Document,
  environment: Environment,
  files: ReadonlyMap<string, FileContent>,
): Expanded {
  const written = new Map<string, string>();
  const problems: Problem[] = [];
  const value = mapTexts(document.value, [], (text, path) => {
    const report: Report = (message, suggestion) => {
      if (!isSwitchedOff(document.value, path))
        problems.push(document.problem(path, message, { suggestion }));
      return undefined;
    };
    let found = false;
    const expanded = text.replace(REFERENCE, (...match: readonly (string | undefined)[]) => {
      const [whole = '', name, fallback, file] = match;
      if (whole === '$${') return '${';
      found = true;
      if (name !== undefined) return variable(environment, name, fallback, report) ?? whole;
      if (file !== undefined) return fileText(files, file, document.file, report) ?? whole;
      if (whole === '{file:') report('"{file:" has no closing brace.', 'Write {file:path/of/the/secret}.');
      else
        report(
          '"${" does not begin a reference here.',
          'Write ${NAME} or ${NAME:-default}, or $${ for a literal "${".',
        );
      return whole;
    });
    if (found) written.set(pathText(path), text);
    return expanded;
  });
  return { value, written, problems };
}

type Report = (message: string, suggestion?: string) => undefined;

function variable(
  environment: Environment,
  name: string,
  fallback: string | undefined,
  report: Report,
): string | undefined {
  // "constructor" is no variable, though every object has one.
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
  if (value !== undefined) return value;
  const suggestion = `Set it, or write \${${name}:-default}.`;
  return report(`The environment variable ${name} is not set.`, suggestion);
}

function fileText(
  files: ReadonlyMap<string, FileContent>,
  written: string,
  configFile: string | undefined,
  report: Report,
): string | undefined {
  if (written === '') return report('"{file:}" names no file.', 'Write {file:path/of/the/secret}.');
  const path = referencedPath(written, configFile);
  const content = files.get(path);
  if (content !== undefined && 'text' in content) return content.text.replace(/(?:\r?\n)+$/, '');
  return report(`The file ${path} cannot be read: ${content?.failure ?? 'it was not looked for'}.`);
}

/** True inside an upstream, a key of one, or a client that says `"enabled": false`. */
function isSwitchedOff(root: JsonValue, path: readonly PathStep[]): boolean {
  const [section, index, member, place] = path;
  if (section !== 'upstreams' && section !== 'clients') return false;
  const entry = entryOf(root, section, index);
  if (entry === undefined || entry['enabled'] === false) return entry !== undefined;
  return member === 'keys' && entryOf(entry, member, place)?.['enabled'] === false;
}

/** The object at a place of a list. */
function entryOf(
  root: JsonValue,
  list: string,
  index: PathStep | undefined,
): { [name: string]: JsonValue } | undefined {
  const items = isObject(root) ? root[list] : undefined;
  const entry = Array.isArray(items) && typeof index === 'number' ? items[index] : undefined;
  return entry !== undefined && isObject(entry) ? entry : undefined;
}

function isObject(value: JsonValue): value is { [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function eachText(
  value: JsonValue,
  path: readonly PathStep[],
  visit: (text: string, path: readonly PathStep[]) => void,
): void {
  mapTexts(value, path, (text, here) => {
    visit(text, here);
    return text;
  });
}

function mapTexts(
  value: JsonValue,
  path: readonly PathStep[],
  change: (text: string, path: readonly PathStep[]) => string,
): JsonValue {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, [...path, index], change));
  if (!isObject(value)) return value;
  const copy: { [name: string]: JsonValue } = Object.create(null);
  for (const [name, item] of Object.entries(value)) copy[name] = mapTexts(item, [...path, name], change);
  return copy;
}
