// The `server` section: where the gateway listens and what it accepts.

import { isIP } from 'node:net';
import { z } from 'zod';
import { textSchema, wholeNumber } from './primitives.ts';

/** The `server` section with its defaults applied. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly compatListeners: readonly number[];
  readonly bodyLimitBytes: number;
  readonly allowOpen: boolean;
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly cors: { readonly origins: readonly string[] };
  readonly drainMs: number;
  readonly heartbeatMs: number;
  readonly workers: number | 'auto';
}

/** True for an IP address, with or without the length of a prefix. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const corsSchema = z.strictObject({
  origins: z
    .array(
      z
        .string()
        .regex(
          /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/\s*?#@]+$/,
          'must be one exact origin: scheme, host and port, without a path and without "*"',
        ),
    )
    .default([])
    .describe(
      'Origins from which browsers may call the gateway, for example "http://localhost:5173". Empty: none.',
    ),
});

/** Schema of the `server` section. */
export const serverSchema: z.ZodType<ServerConfig> = z.strictObject({
  host: textSchema
    .default('127.0.0.1')
    .describe(
      'Address to listen on. Anything but a loopback address needs `clients` (or `allowOpen`). HOST and --host override it.',
    ),
  port: wholeNumber(0, 65_535)
    .default(9208)
    .describe('TCP port to listen on; 0 takes a free one. PORT and --port override it.'),
  compatListeners: z
    .array(wholeNumber(1, 65_535))
    .max(16)
    .default([])
    .describe(
      'Further TCP ports of the same gateway on the same host, with the same rules: those at which the clients of an earlier gateway expect it, such as [4015, 8080, 3001, 3000].',
    ),
  bodyLimitBytes: wholeNumber(1024, 1_073_741_824)
    .default(104_857_600)
    .describe('Largest accepted request body, in bytes (default 100 MiB).'),
  allowOpen: z
    .boolean()
    .default(false)
    .describe(
      'Serve without client keys on an address that other machines can reach. Whoever reaches it spends your keys.',
    ),
  allowedHosts: z
    .array(
      z
        .string()
        .regex(
          /^(?:[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+\]?)$/,
          'must be a host name or address without scheme, port or path',
        ),
    )
    .default([])
    .describe(
      'Names accepted in the Host header besides loopback names and the bound address: the public name of the gateway, for example "llm.example.org".',
    ),
  trustedProxies: z
    .array(z.string().refine(isNetwork, 'must be an IP address or a network such as "10.0.0.0/8"'))
    .default([])
    .describe(
      'Addresses of reverse proxies whose X-Forwarded-For is believed when wrong credentials are slowed down and in the audit log. It never makes a caller local.',
    ),
  cors: corsSchema.prefault({}).describe('Cross-origin access for web pages.'),
  drainMs: wholeNumber(0, 3_600_000)
    .default(30_000)
    .describe('How long streams in flight may finish after SIGTERM, in milliseconds.'),
  heartbeatMs: wholeNumber(1, 3_600_000)
    .default(15_000)
    .describe(
      'A comment is sent to a streaming client after this much silence of the upstream, in milliseconds.',
    ),
  workers: z
    .union([wholeNumber(1, 256), z.literal('auto')])
    .default(1)
    .describe(
      'How many processes relay: 1 is this one alone; more share one port, one ledger and all limits; "auto" is one for each core. Takes a restart.',
    ),
});
