// One entry of `clients`: a program or person that may call the gateway.

import { z } from 'zod';
import { type LimitsConfig, limitsSchema } from './limits.ts';
import { nameSchema, secretSchema } from './primitives.ts';

/** One client as configured; exactly one of `key` and `keyHash` is there. */
export interface ClientConfig {
  readonly id: string;
  readonly enabled: boolean;
  readonly key?: string | undefined;
  readonly keyHash?: string | undefined;
  readonly limits?: LimitsConfig | undefined;
}

/** Schema of one client. */
export const clientSchema: z.ZodType<ClientConfig> = z
  .strictObject({
    id: nameSchema.describe('Name of the client in the ledger and the metrics.'),
    key: secretSchema
      .optional()
      .describe(
        'The key that the client sends, at least 16 characters; best a reference such as "${SLUICE_CLIENT_KEY}". Give `key` or `keyHash`.',
      ),
    keyHash: z
      .string()
      .regex(/^sha256:[0-9A-Fa-f]{64}$/, 'must be "sha256:" and 64 hexadecimal digits')
      .optional()
      .describe(
        'SHA-256 of the key as "sha256:<hex>", so that the file holds no secret. `sluice init` writes this form.',
      ),
    enabled: z.boolean().default(true).describe('false locks the client out without deleting it.'),
    limits: limitsSchema.optional().describe('How much the client may use, over all upstreams.'),
  })
  .refine((client) => (client.key === undefined) !== (client.keyHash === undefined), {
    error: 'needs exactly one of "key" and "keyHash"',
  });
