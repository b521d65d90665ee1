// Recorded traffic of the providers, where the shared data is present.

import { readdirSync, readFileSync } from 'node:fs';
import type { Framing } from '../../src/core/dialects/dialect.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { sharedPath } from '../kit/shared-data.ts';

/** One recorded answer. */
export interface Recorded {
  /** Folder, file and number of the exchange. */
  readonly name: string;
  readonly dialect: DialectId;
  readonly url: string;
  readonly status: number;
  readonly kind: 'stream' | 'json';
  readonly framing: Framing;
  readonly body: Buffer;
}

interface Cassette {
  readonly exchanges: readonly {
    readonly request: { readonly url: string } | null;
    readonly response: {
      readonly status?: number | null;
      readonly headers?: Readonly<Record<string, unknown>>;
      readonly bodyText?: string;
      readonly chunks?: readonly unknown[];
    };
  }[];
}

/** All recorded answers; empty where there are none. */
export function recordedAnswers(): readonly Recorded[] {
  const root = sharedPath('formats/fixtures');
  if (root === undefined) return [];
  const found: Recorded[] = [];
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (!folder.isDirectory() || folder.name === 'LICENCES') continue;
    for (const file of readdirSync(`${root}/${folder.name}`).filter((name) => name.endsWith('.json'))) {
      const cassette: Cassette = JSON.parse(readFileSync(`${root}/${folder.name}/${file}`, 'utf8'));
      cassette.exchanges.forEach((exchange, index) => {
        found.push(recorded(`${folder.name}/${file}#${index}`, folder.name, exchange));
      });
    }
  }
  return found;
}

function recorded(name: string, folder: string, exchange: Cassette['exchanges'][number]): Recorded {
  const { response } = exchange;
  const url = exchange.request?.url ?? '';
  const dialect = dialectOf(url, folder);
  const text = response.chunks === undefined ? (response.bodyText ?? '') : framed(dialect, response.chunks);
  const isArray = url.includes(':streamGenerateContent') && !url.includes('alt=sse');
  const isStream =
    response.chunks !== undefined || /^(?::|data:|event:)/.test(text) || (isArray && text.startsWith('['));
  return {
    name,
    dialect,
    url,
    status: response.status ?? (text.includes('"error"') ? 400 : 200),
    kind: isStream ? 'stream' : 'json',
    framing: isArray ? 'json-array' : 'sse',
    body: Buffer.from(text),
  };
}

function dialectOf(url: string, folder: string): DialectId {
  if (/\/responses(\/input_tokens)?$/.test(url)) return 'openai-responses';
  if (url.includes('/messages')) return 'anthropic-messages';
  if (url.includes('v1beta/openai')) return 'openai-chat';
  if (/googleapis\.com/.test(url)) return 'gemini';
  if (url !== '') return 'openai-chat';
  if (folder === 'anthropic') return 'anthropic-messages';
  if (folder === 'openai-responses') return 'openai-responses';
  return folder.startsWith('gemini') ? 'gemini' : 'openai-chat';
}

/** Some sources kept the events without their framing. */
function framed(dialect: DialectId, chunks: readonly unknown[]): string {
  const texts = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : JSON.stringify(chunk)));
  switch (dialect) {
    case 'openai-chat':
      return [...texts, '[DONE]'].map((text) => `data: ${text}\n\n`).join('');
    case 'gemini':
      return texts.map((text) => `data: ${text}\r\n\r\n`).join('');
    default:
      return texts.map((text) => `event: ${JSON.parse(text).type}\ndata: ${text}\n\n`).join('');
  }
}
