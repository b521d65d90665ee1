import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { adminSetup } from '../../test/kit/admin.ts';
import { createGate } from './auth/gate.ts';
import type { OpenApiDocument, OperationObject } from './openapi.ts';
import type { AdminParts } from './parts.ts';
import { type Admin, createAdmin } from './server.ts';

const CLOCK = { monotonicMs: () => 1, epochMs: () => 1_700_000_000_000 };
const KEY = 'sk-sluice-admin-canary-0123456789abcdef';

async function admin(): Promise<Admin> {
  const { outside } = adminSetup().admin;
  const parts: AdminParts = {
    ...outside,
    settings: () => {
      throw new Error('not asked');
    },
    operator: { answer: () => Promise.resolve({ ok: true, body: { keys: [] } }) },
    operatorToken: () => undefined,
    clock: CLOCK,
    log: { exchange: () => undefined, warn: () => undefined, error: () => undefined },
    version: '1.2.3',
    startedAtMs: 1,
    ready: () => true,
    count: () => 0,
    inFlight: () => [],
  };
  const gate = createGate({
    keyDigest: () => outside.key.digest(),
    operatorToken: () => undefined,
    clock: CLOCK,
  });
  return createAdmin(parts, gate);
}

const headers = { authorization: `Bearer ${KEY}` };

async function documentOf(one: Admin): Promise<OpenApiDocument> {
  const answer = await one.fastify.inject({ method: 'GET', url: '/admin/openapi.json', headers });
  expect(answer.statusCode).toBe(200);
  return JSON.parse(answer.payload) as OpenApiDocument;
}

function operations({
  paths,
}: OpenApiDocument): { path: string; method: string; operation: OperationObject }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** The part of ajv that is used; it comes with Fastify. */
interface Validator {
  validateSchema(schema: object): boolean | PromiseLike<unknown>;
  compile(schema: object): (value: unknown) => boolean;
  errorsText(): string;
}

function validator(): Validator {
  const fromFastify = createRequire(createRequire(import.meta.url).resolve('fastify'));
  const { Ajv2020 } = fromFastify('ajv/dist/2020') as { Ajv2020: new (options: object) => Validator };
  return new Ajv2020({ strict: false, validateFormats: false });
}

describe('the OpenAPI document', () => {
  test('has every route, and no route that is not there', async () => {
    const one = await admin();
    const document = await documentOf(one);
    const documented = operations(document).map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const { routes, streams } = one.collected;
    const registered = [
      ...routes.map(({ method, path }) => `${method} ${path}`),
      ...streams.map(({ fullPath }) => `GET ${fullPath}`),
    ];
    expect(documented.toSorted()).toEqual(registered.toSorted());
    for (const { path, method } of operations(document)) {
      const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
      const known = one.fastify.hasRoute({ method: method.toUpperCase() as 'GET', url });
      expect(known, `${method} ${path}`).toBe(true);
    }
    await one.close();
  });

  test('is well-formed: schemas, parameters, responses, names', async () => {
    const one = await admin();
    const document = await documentOf(one);
    const ajv = validator();
    expect(document.openapi).toBe('3.1.1');
    const ids = new Set<string>();
    for (const { path, method, operation } of operations(document)) {
      const label = `${method} ${path}`;
      expect(ids.has(operation.operationId), label).toBe(false);
      ids.add(operation.operationId);
      expect(operation.summary.length, label).toBeGreaterThan(3);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name).toSorted(), label).toEqual(inPath.toSorted());
      expect(
        declared.every(({ required }) => required),
        label,
      ).toBe(true);
      const contents = [
        ...Object.values(operation.requestBody?.content ?? {}),
        ...Object.values(operation.responses).flatMap((response) =>
          'content' in response ? Object.values(response.content ?? {}) : [],
        ),
      ];
      const schemas = [...contents, ...(operation.parameters ?? [])].map(({ schema }) => schema);
      for (const schema of schemas) {
        expect(ajv.validateSchema(schema), `${label}: ${ajv.errorsText()}`).toBe(true);
        ajv.compile(schema);
      }
      expect(Object.keys(operation.responses), label).toContain('default');
      for (const way of operation.security)
        for (const name of Object.keys(way))
          expect(document.components['securitySchemes']).toHaveProperty(name);
    }
    expect(JSON.stringify(document).match(/"\$ref":"(?!#\/components\/responses\/Error")/)).toBeNull();
    await one.close();
  });

  test('describes what is really answered', async () => {
    const one = await admin();
    const ajv = validator();
    const document = await documentOf(one);
    for (const [url, path] of [
      ['/admin/v1/audit?limit=3', '/admin/v1/audit'],
      ['/admin/v1/keys', '/admin/v1/keys'],
    ] as const) {
      const answer = await one.fastify.inject({ method: 'GET', url, headers });
      const good = document.paths[path]?.['get']?.responses['200'];
      const schema =
        good !== undefined && 'content' in good ? good.content?.['application/json']?.schema : undefined;
      expect(ajv.compile(schema ?? { not: {} })(JSON.parse(answer.payload)), `${url} ${answer.payload}`).toBe(
        true,
      );
    }
    const refused = await one.fastify.inject({ method: 'GET', url: '/admin/v1/audit?limit=x', headers });
    expect(refused.statusCode).toBe(400);
    expect(JSON.parse(refused.payload)).toMatchObject({ error: { issues: [{ path: 'limit' }] } });
    await one.close();
  });

  test('is shown as a page without scripts and without anything from elsewhere', async () => {
    const one = await admin();
    const page = await one.fastify.inject({ method: 'GET', url: '/admin/docs', headers });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.payload).not.toMatch(/<script|src=|https?:\/\/|\son\w+=|@import|url\(/i);
    for (const { path } of operations(await documentOf(one)))
      expect(page.payload).toContain(`<code>${path}</code>`);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'/);
    const { createHash } = await import('node:crypto');
    const style = /<style>([\s\S]*?)<\/style>/.exec(page.payload)?.[1] ?? '';
    expect(policy).toContain(createHash('sha256').update(style).digest('base64'));
    await one.close();
  });
});
