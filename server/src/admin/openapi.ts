// The description of the admin API as an OpenAPI document, made from the schemas that check the requests.
// https://spec.openapis.org/oas/v3.1.1.html

import type { z } from 'zod';
import { isObject, listOf } from '../core/model/json.ts';
import { errorSchema } from './contract/error.ts';
import {
  type Collected,
  type Described,
  type DescribedStream,
  type JsonSchema,
  jsonSchemaOf,
} from './described.ts';

/** One parameter of a path or query. */
export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** A body by media type. */
export type ContentObject = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/** One endpoint. */
export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly required: true; readonly content: ContentObject };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: ContentObject } | { readonly $ref: string }
    >
  >;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/** The document. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const ABOUT =
  'Everything that the operator of a gateway can see and change. Send the admin key as a bearer token, or log in for a session: then every change needs the X-CSRF-Token of the session.';

const JSON_TYPE = 'application/json';

/** Makes the document. */
export function openApiDocument({ routes, streams }: Collected, version: string): OpenApiDocument {
  const paths: Record<string, Record<string, OperationObject>> = {};
  const put = (path: string, method: string, operation: OperationObject): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const route of routes) put(route.path, route.method.toLowerCase(), operationOf(route));
  for (const stream of streams) put(stream.fullPath, 'get', streamOperation(stream));
  const names = [...routes, ...streams].map(({ name }) => tagOf(name));
  return {
    openapi: '3.1.1',
    info: { title: 'Sluice admin API', version, description: ABOUT },
    servers: [{ url: '/' }],
    tags: [...new Set(names)].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        adminKey: { type: 'http', scheme: 'bearer', description: 'The admin key or the operator token.' },
        session: { type: 'apiKey', in: 'cookie', name: 'sluice_session' },
        clientKey: { type: 'http', scheme: 'bearer', description: 'The key of a configured client.' },
      },
      responses: {
        Error: {
          description: 'Why it was not done.',
          content: { [JSON_TYPE]: { schema: jsonSchemaOf(errorSchema, 'output') } },
        },
      },
    },
  };
}

/** "upstreams.create" → "upstreams" */
const tagOf = (name: string): string => name.split('.')[0] ?? name;

const ERROR = { $ref: '#/components/responses/Error' } as const;

function securityOf(access: Described['access']): OperationObject['security'] {
  const admin = [{ adminKey: [] }, { session: [] }];
  return { login: [], admin, client: [...admin, { clientKey: [] }] }[access];
}

function operationOf(route: Described): OperationObject {
  const { name, summary, description, params, query, body, answer, status, access } = route;
  const parameters = [...parametersOf('path', params), ...parametersOf('query', query)];
  const good =
    status === 204
      ? { description: 'It was done.' }
      : { description: 'The answer.', content: { [JSON_TYPE]: { schema: jsonSchemaOf(answer, 'output') } } };
  return {
    operationId: name,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tagOf(name)],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { [JSON_TYPE]: { schema: jsonSchemaOf(body, 'input') } } },
        }),
    responses: { [String(status)]: good, default: ERROR },
    security: securityOf(access),
  };
}

function streamOperation({ name, summary, description, event }: DescribedStream): OperationObject {
  const good = {
    description: 'Server-sent events, until the caller leaves. The schema is that of the data of one event.',
    content: { 'text/event-stream': { schema: jsonSchemaOf(event, 'output') } },
  };
  return {
    operationId: name,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tagOf(name)],
    responses: { '200': good, default: ERROR },
    security: securityOf('admin'),
  };
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): ParameterObject[] {
  if (schema === undefined) return [];
  const { properties, required } = jsonSchemaOf(schema, 'input');
  if (!isObject(properties)) return [];
  const needed = listOf(required) ?? [];
  return Object.entries(properties).map(([name, member]) => {
    const { description, ...rest } = isObject(member) ? member : {};
    return {
      name,
      in: place,
      required: place === 'path' || needed.includes(name),
      ...(typeof description === 'string' ? { description } : {}),
      schema: rest,
    };
  });
}
