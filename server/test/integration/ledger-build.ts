// The stores as they are shipped, built for a test: worker threads cannot load TypeScript on every supported Node.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const SOURCES: string = fileURLToPath(new URL('../../src/stores', import.meta.url));
// Inside the workspace, so that the built files find the same packages.
const CACHE: string = fileURLToPath(new URL('../../../node_modules/.cache/sluice-built', import.meta.url));

/** The folder of a fresh build of src/stores, and how to remove it. */
export interface BuiltStores {
  readonly folder: string;
  remove(): void;
}

/** Translates src/stores file by file, as `tsc` would, without checking types. */
export function buildStores(name: string): BuiltStores {
  const folder = join(CACHE, `${name}-${process.pid}`);
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
  };
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const source = readFileSync(join(SOURCES, file), 'utf8');
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, ts.transpileModule(source, { compilerOptions, fileName: file }).outputText);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
