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
        within(child, `${path}.${name}`);
      }
    };
    const within = (node: SchemaNode, path: string): void => {
      walk(node, path);
      for (const branch of node.anyOf ?? []) within(branch, path);
      if (node.items !== undefined) within(node.items, `${path}[]`);
      if (typeof node.additionalProperties === 'object') within(node.additionalProperties, `${path}.*`);
    };
    walk(configJsonSchema(), '');
    expect(silent).toEqual([]);
  });
});
