// The four formats as the playground speaks them: what they are called, where their requests go, and in which header
// their libraries send the key.

import type { ConvertRequest } from '../../../../../server/src/admin/contract.ts';

/** A format. */
export type Dialect = ConvertRequest['from'];

/** What is edited: the form, or the body of one format. The form is sent in Chat Completions. */
export type Mode = 'chat' | Dialect;

/** A header. */
export type Header = readonly [name: string, value: string];

interface FormatFacts {
  readonly name: string;
  /** Where there is little room. */
  readonly short: string;
  /** Where the model and the wish for a stream stand: in the body, or in the path. */
  readonly modelIn: 'body' | 'path';
  readonly path: (model: string, stream: boolean) => string;
  readonly key: (key: string) => Header;
  /** Without these the format's own servers refuse a request. */
  readonly headers: readonly Header[];
}

const bearer = (key: string): Header => ['authorization', `Bearer ${key}`];

/** A name of several segments stays one: tuned models have a slash in theirs. */
const inPath = (model: string): string => model.split('/').map(encodeURIComponent).join('/');

/** All four, in the order in which they are listed. */
export const FORMATS: Readonly<Record<Dialect, FormatFacts>> = {
  'openai-chat': {
    name: 'OpenAI Chat',
    short: 'OpenAI Chat',
    modelIn: 'body',
    path: () => '/v1/chat/completions',
    key: bearer,
    headers: [],
  },
  'openai-responses': {
    name: 'OpenAI Responses',
    short: 'Responses',
    modelIn: 'body',
    path: () => '/v1/responses',
    key: bearer,
    headers: [],
  },
  'anthropic-messages': {
    name: 'Anthropic Messages',
    short: 'Anthropic',
    modelIn: 'body',
    path: () => '/v1/messages',
    key: (key) => ['x-api-key', key],
    headers: [['anthropic-version', '2023-06-01']],
  },
  gemini: {
    name: 'Gemini',
    short: 'Gemini',
    modelIn: 'path',
    path: (model, stream) =>
      `/v1beta/models/${inPath(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    key: (key) => ['x-goog-api-key', key],
    headers: [],
  },
};

/** The formats, in order. */
export const DIALECTS: readonly Dialect[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
];

/** The format of that name; undefined where there is none. */
export function dialectOf(name: string | undefined): Dialect | undefined {
  return DIALECTS.find((dialect) => dialect === name);
}

/** In which format a mode sends. */
export function formatOf(mode: Mode): Dialect {
  return mode === 'chat' ? 'openai-chat' : mode;
}
