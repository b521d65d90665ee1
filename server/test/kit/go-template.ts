// Renders Go templates, as far as the Helm chart of this repository uses them, so that what comes out of the chart can be
// tested without Helm. What is not known here is an error: a template never comes out half understood.

import { evaluate, type Scope, truth, type Value } from './go-template-values.ts';

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipeline: string }
  | { readonly kind: 'assign'; readonly name: string; readonly declares: boolean; readonly pipeline: string }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: string;
      readonly variables: readonly string[];
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

type Token = { readonly text: string } | { readonly action: string };

/** All templates of one text: those that it defines, and what is left of it under the name `main`. */
export function parseTemplate(name: string, text: string): Map<string, readonly Node[]> {
  const tokens = tokensOf(text);
  const defined = new Map<string, readonly Node[]>();
  let at = 0;
  const block = (): { nodes: Node[]; end: string } => {
    const nodes: Node[] = [];
    while (at < tokens.length) {
      const token = tokens[at++];
      if (token === undefined) break;
      if ('text' in token) {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(token.action) ?? [];
      if (word === 'end' || word === 'else') return { nodes, end: token.action };
      if (word === 'define') defined.set(JSON.parse(rest), body(name).nodes);
      else if (word === 'if' || word === 'with' || word === 'range') nodes.push(branch(word, rest));
      else nodes.push(statement(token.action));
    }
    return { nodes, end: '' };
  };
  const body = (where: string): { nodes: Node[]; end: string } => {
    const found = block();
    if (found.end === '') throw new Error(`${where}: an "end" is missing`);
    return found;
  };
  const branch = (kind: 'if' | 'with' | 'range', head: string): Node => {
    const [, names = '', pipeline = ''] =
      /^(?:((?:\$\w+)(?:\s*,\s*\$\w+)?)\s*:=\s*)?([\s\S]+)$/.exec(head) ?? [];
    const first = body(`${name}: ${kind} ${head}`);
    const more = /^else\s+(if)\s+([\s\S]+)$/.exec(first.end);
    let otherwise: readonly Node[] = [];
    if (more !== null) otherwise = [branch('if', more[2] ?? '')];
    else if (first.end === 'else') otherwise = body(name).nodes;
    return {
      kind,
      pipeline,
      variables: names === '' ? [] : names.split(/\s*,\s*/),
      body: first.nodes,
      otherwise,
    };
  };
  const main = block();
  if (main.end !== '') throw new Error(`${name}: "${main.end}" ends nothing`);
  return defined.set(name, main.nodes);
}

function statement(action: string): Node {
  const assigned = /^(\$\w+)\s*(:?=)\s*([\s\S]+)$/.exec(action);
  if (assigned === null) return { kind: 'output', pipeline: action };
  const [, name = '', sign, pipeline = ''] = assigned;
  return { kind: 'assign', name, declares: sign === ':=', pipeline };
}

/** Texts and actions in turn; the dashes of actions have done their work, comments are gone. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trims = false;
  for (const match of text.matchAll(
    /\{\{(- )?\s*(\/\*[\s\S]*?\*\/|(?:"(?:[^"\\]|\\.)*"|[^"}]|\}(?!\}))*?)\s*?( -)?\}\}/g,
  )) {
    let before = text.slice(at, match.index);
    if (trims) before = before.trimStart();
    if (match[1] !== undefined) before = before.trimEnd();
    tokens.push({ text: before });
    const action = (match[2] ?? '').trim();
    if (!action.startsWith('/*')) tokens.push({ action });
    at = match.index + match[0].length;
    trims = match[3] !== undefined;
  }
  const last = text.slice(at);
  tokens.push({ text: trims ? last.trimStart() : last });
  return tokens;
}

/** Renders one of the templates with a value as its dot. */
export function renderTemplate(
  templates: ReadonlyMap<string, readonly Node[]>,
  name: string,
  dot: Value,
): string {
  const nodes = templates.get(name);
  if (nodes === undefined) throw new Error(`There is no template "${name}".`);
  const include = (other: string, value: Value): string => renderTemplate(templates, other, value);
  return renderNodes(nodes, { dot, include, variables: [new Map([['$', dot]])] });
}

function renderNodes(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => renderNode(node, scope)).join('');
}

function inner(scope: Scope, dot: Value, names: ReadonlyMap<string, Value> = new Map()): Scope {
  return { ...scope, dot, variables: [new Map(names), ...scope.variables] };
}

function renderNode(node: Node, scope: Scope): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'output') return shown(evaluate(node.pipeline, scope));
  if (node.kind === 'assign') {
    const value = evaluate(node.pipeline, scope);
    const home = node.declares ? scope.variables[0] : scope.variables.find((known) => known.has(node.name));
    if (home === undefined) throw new Error(`${node.name} is not declared.`);
    home.set(node.name, value);
    return '';
  }
  const value = evaluate(node.pipeline, scope);
  if (!truth(value)) return renderNodes(node.otherwise, inner(scope, scope.dot));
  if (node.kind === 'if') return renderNodes(node.body, inner(scope, scope.dot));
  if (node.kind === 'with') return renderNodes(node.body, inner(scope, value));
  // Go visits the keys of a map in their order.
  const entries: [Value, Value][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value as Record<string, Value>).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries
    .map(([key, item]) => {
      const given = node.variables.length === 2 ? [key, item] : [item];
      return renderNodes(
        node.body,
        inner(scope, item, new Map(node.variables.map((name, i) => [name, given[i] ?? null]))),
      );
    })
    .join('');
}

function shown(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'object') throw new Error(`A list or a map is printed: ${JSON.stringify(value)}`);
  return String(value);
}
