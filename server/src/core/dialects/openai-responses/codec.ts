// Reading and writing this format: one file for each of the six directions.

import type { Codec } from '../dialect.ts';
import { decodeRequest } from './request.decode.ts';
import { encodeRequest } from './request.encode.ts';
import { decodeResponse } from './response.decode.ts';
import { encodeResponse } from './response.encode.ts';
import { decodeStream } from './stream.decode.ts';
import { encodeStream } from './stream.encode.ts';

/** The codec. */
export const codec: Codec = {
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  decodeStream,
  encodeStream,
};
