import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configJsonSchema, type SchemaNode } from '../schema/fields.ts';
import { GENERATED_FILES } from './pages.ts';

const root = new URL('../../../../', import.meta.url);

describe('the generated reference', () => {
  it.each(Object.entries(GENERATED_FILES))('%s is up to date (npm run docs)', (path, make) => {
    const file = new URL(path, root);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(make());
  });

  it('describes every field', () => {
    const silent: string[] = [];
    const walk = (node: SchemaNode, path: string): void => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if ((child.description ?? '') === '') silent.push(`${path}.${name}`);
        walk(child, `${path}.${name}`);
        if (child.items !== undefined) walk(child.items, `${path}.${name}[]`);
      }
    };
    walk(configJsonSchema(), '');
    expect(silent).toEqual([]);
  });
});
