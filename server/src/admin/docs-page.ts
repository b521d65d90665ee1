// The documentation of the admin API as one page: made from its OpenAPI document, without scripts and without anything
// from elsewhere.

import { createHash } from 'node:crypto';
import { isObject, listOf, textOf } from '../core/model/json.ts';
import type { JsonSchema } from './described.ts';
import type { OpenApiDocument, OperationObject } from './openapi.ts';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; background: #fff; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #cfd8e0; }
details { border: 1px solid #cfd8e0; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; background: #f3f6f9; padding: .6rem; border-radius: 4px; }
.method { display: inline-block; min-width: 4.2rem; font-weight: 600; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .15rem .9rem .15rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { color: #dbe4ec; background: #12181f; } pre { background: #1b242d; } details, h2 { border-color: #34424f; } a { color: #7cc4ff; } }
`;

/** What the style is allowed by, in a Content-Security-Policy. */
export const STYLE_HASH: string = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

/** Makes the page. */
export function docsPage(document: OpenApiDocument): string {
  const { info, tags } = document;
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = entries.filter(({ operation }) => operation.tags.includes(name));
    const parts = own.map(({ path, method, operation }) => operationHtml(path, method, operation));
    return `<h2 id="${escaped(name)}">${escaped(name)}</h2>\n${parts.join('\n')}`;
  });
  const links = tags.map(({ name }) => `<a href="#${escaped(name)}">${escaped(name)}</a>`).join(' · ');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1>
<p>${escaped(info.description)} The same as data: <a href="/admin/openapi.json">openapi.json</a>.</p>
<p>${links}</p>
${sections.join('\n')}
</body></html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function operationHtml(path: string, method: string, operation: OperationObject): string {
  const { summary, description, parameters = [], requestBody, responses, security } = operation;
  const rows = parameters.map(
    ({ name, in: place, required, description: about = '', schema }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${place}${required ? ', required' : ''}</td><td><code>${escaped(shapeOf(schema, ''))}</code></td><td>${escaped(about)}</td></tr>`,
  );
  const body = Object.values(requestBody?.content ?? {}).map(
    ({ schema }) => `<p>Body</p><pre>${escaped(shapeOf(schema, ''))}</pre>`,
  );
  const answers = Object.entries(responses).flatMap(([status, response]) =>
    'description' in response
      ? [
          `<p>${escaped(status)}: ${escaped(response.description)}</p>`,
          ...Object.values(response.content ?? {}).map(
            ({ schema }) => `<pre>${escaped(shapeOf(schema, ''))}</pre>`,
          ),
        ]
      : [],
  );
  const who = security.flatMap((way) => Object.keys(way)).join(' or ');
  return `<details><summary><span class="method">${method.toUpperCase()}</span> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
${description === undefined ? '' : `<p>${escaped(description)}</p>`}
<p>Who: ${who === '' ? 'anyone with a login token or the admin key in the body' : escaped(who)}</p>
${rows.length === 0 ? '' : `<table>${rows.join('')}</table>`}
${body.join('\n')}
${answers.join('\n')}
</details>`;
}

/** A schema in the way people write down JSON. */
function shapeOf(schema: JsonSchema, indent: string): string {
  const { type, properties, items, additionalProperties } = schema;
  const any = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(any)) return any.map((one) => (isObject(one) ? shapeOf(one, indent) : 'any')).join(' | ');
  if (Array.isArray(schema['enum']))
    return listOf(schema['enum'])
      .map((one) => JSON.stringify(one))
      .join(' | ');
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (type === 'array') return `[${isObject(items) ? shapeOf(items, indent) : 'any'}]`;
  if (isObject(properties) && Object.keys(properties).length > 0) {
    const needed = listOf(schema['required']);
    const inner = `${indent}  `;
    const members = Object.entries(properties).map(([name, member]) => {
      const shape = isObject(member) ? shapeOf(member, inner) : 'any';
      const about = isObject(member) ? textOf(member['description']) : undefined;
      return `${inner}${name}${needed.includes(name) ? '' : '?'}: ${shape}${about === undefined ? '' : `  // ${about}`}`;
    });
    return `{\n${members.join('\n')}\n${indent}}`;
  }
  if (type === 'object' && isObject(additionalProperties) && Object.keys(additionalProperties).length > 0)
    return `{ [name]: ${shapeOf(additionalProperties, indent)} }`;
  return typeof type === 'string' ? type : 'any';
}
