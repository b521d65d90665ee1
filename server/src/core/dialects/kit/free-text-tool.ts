// A tool that takes free text, for formats whose tools take objects. The passes leave none of them; this is for what reaches
// an encoder all the same.

import type { JsonObject } from '../../model/json.ts';

/** Arguments of one string, "input". */
export const FREE_TEXT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
};
