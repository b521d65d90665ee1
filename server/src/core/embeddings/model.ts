// Embeddings in no vendor's words: texts in, vectors out.

import type { DialectId } from '../model/dialect-id.ts';

/** What is to be embedded. */
export interface EmbedRequest {
  readonly origin: DialectId;
  readonly model: string;
  /** Texts, or lists of token ids, which mean something to one vendor's tokenizer only. */
  readonly inputs: readonly (string | readonly number[])[];
  /** The client asked for one vector, not for a list of them (gemini's embedContent). */
  readonly single: boolean;
  readonly dimensions?: number;
  /** base64: little-endian 32-bit floats. */
  readonly encoding: 'float' | 'base64';
  /** gemini: what the vectors are for ("RETRIEVAL_DOCUMENT"), and the title of a document. */
  readonly purpose?: string;
  readonly title?: string;
  readonly endUser?: string;
}

/** One vector for each input, in their order. */
export interface EmbedResponse {
  readonly model: string | undefined;
  readonly vectors: readonly (readonly number[])[];
  /** Input tokens, where the provider tells. */
  readonly inputTokens: number | undefined;
}
