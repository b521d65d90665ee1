// The Helm chart of this repository, read and rendered for tests.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { parseTemplate, renderTemplate } from './go-template.ts';
import type { Value } from './go-template-values.ts';

/** The members of a map. */
export type Members = { [key: string]: Value };

/** The folder of the chart. */
export const CHART: string = fileURLToPath(new URL('../../../deploy/helm/sluice/', import.meta.url));

/** The text of a file of the chart. */
export function chartText(path: string): string {
  return readFileSync(join(CHART, path), 'utf8');
}

/** Chart.yaml. */
export const chart: { readonly name: string; readonly version: string; readonly appVersion: string } = parse(
  chartText('Chart.yaml'),
);

/** values.yaml. */
export const chartValues: Members = parse(chartText('values.yaml'));

/** The names of the templates. */
export const templateNames: readonly string[] = readdirSync(join(CHART, 'templates'));

const templates = new Map(
  templateNames.flatMap((name) => [...parseTemplate(name, chartText(`templates/${name}`))]),
);

/** The values of the chart with others laid over them, as `helm -f` does. */
export function valuesWith(over: Members): Value {
  return merged(chartValues, over);
}

function merged(base: Value, over: Value | undefined): Value {
  if (over === undefined) return structuredClone(base);
  if (!isMap(base) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(base[key] ?? null, over[key])]));
}

function isMap(value: Value): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** One template of the release "prod" in the namespace "llm". */
export function renderedText(name: string, over: Members = {}): string {
  return renderTemplate(templates, name, {
    Values: valuesWith(over),
    Chart: { Name: chart.name, Version: chart.version, AppVersion: chart.appVersion },
    Release: { Name: 'prod', Namespace: 'llm', Service: 'Helm' },
  });
}

/** All that the chart makes of these values, by kind. Throws where a template gives no YAML. */
export function rendered(over: Members = {}): Record<string, unknown> {
  return Object.fromEntries(
    templateNames
      .filter((name) => name.endsWith('.yaml'))
      .flatMap((name) => manifestsOf(renderedText(name, over)))
      .map((manifest) => [String(pick(manifest, 'kind')), manifest]),
  );
}

/** The manifests of a text. */
export function manifestsOf(text: string): unknown[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    const manifest: unknown = document.toJS();
    return manifest === null ? [] : [manifest];
  });
}

/** What stands at a path of members and indices; undefined where there is nothing. */
export function pick(tree: unknown, ...path: readonly string[]): unknown {
  let found = tree;
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.entries(found).find(([key]) => key === name)?.[1];
  }
  return found;
}

/** One member of every item of a list. */
export function each(list: unknown, ...path: readonly string[]): unknown[] {
  if (!Array.isArray(list)) throw new Error('There is no list.');
  return list.map((item) => pick(item, ...path));
}
