// What the resources have registered, in a form that serves requests and describes itself.

import { z } from 'zod';
import type { AdminApp, AdminCall, AdminRoute, AdminStream, Told } from './app.ts';

/** A JSON schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One endpoint, whatever it takes and answers. */
export interface Described {
  readonly method: AdminRoute<undefined, undefined, undefined, z.ZodType>['method'];
  /** The whole path, with `{name}` for parameters. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly access: 'admin' | 'login' | 'client';
  readonly changes: boolean;
  readonly status: number;
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  run(call: AdminCall<unknown, unknown, unknown>): Promise<Told<unknown>>;
}

/** One stream of events. */
export interface DescribedStream extends AdminStream {
  /** The whole path. */
  readonly fullPath: string;
}

/** Takes registrations. */
export interface Collected extends AdminApp {
  readonly routes: readonly Described[];
  readonly streams: readonly DescribedStream[];
}

/** Where the admin API lives. */
const BASE = '/admin/v1';

/** An app that has nothing yet. A name or path that comes twice is a defect. */
export function collect(): Collected {
  const routes: Described[] = [];
  const streams: DescribedStream[] = [];
  const known = new Set<string>();
  const claim = (...names: readonly string[]): void => {
    for (const name of names) {
      if (known.has(name)) throw new Error(`The admin API has "${name}" twice.`);
      known.add(name);
    }
  };
  return {
    routes,
    streams,
    route(route) {
      const { method, name, summary, description, params, query, body, answer } = route;
      const path = route.absolute === true ? route.path : `${BASE}${route.path}`;
      claim(name, `${method} ${path}`);
      routes.push({
        method,
        path,
        name,
        summary,
        description,
        access: route.access ?? 'admin',
        changes: method !== 'GET' && route.changes !== false,
        status: route.status ?? 200,
        params,
        query,
        body,
        answer,
        run: (call) => (route as Pick<Described, 'run'>).run(call),
      });
    },
    stream(stream) {
      claim(stream.name, `GET ${BASE}${stream.path}`);
      streams.push({ ...stream, fullPath: `${BASE}${stream.path}` });
    },
  };
}

/** A schema as JSON schema: of what is sent (`input`) or of what is answered. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
