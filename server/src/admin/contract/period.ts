// Which stretch of time and which exchanges a question is about.

import { z } from 'zod';

/** Lengths of time that people ask for. */
export const LASTS: readonly ['15m', '1h', '6h', '24h', '7d', '30d', '90d'] = [
  '15m',
  '1h',
  '6h',
  '24h',
  '7d',
  '30d',
  '90d',
];
export type Last = (typeof LASTS)[number];

/** What exchanges can be told apart by. */
export const DIMENSION_NAMES: readonly ['model', 'upstream', 'key', 'client', 'route'] = [
  'model',
  'upstream',
  'key',
  'client',
  'route',
];
export type DimensionName = (typeof DIMENSION_NAMES)[number];

/** Query parameters of time: `from` and `to`, or `last`; the last 24 hours where none is given. */
export interface PeriodQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly last?: Last | undefined;
}

/** Query parameters that choose exchanges; each may come several times. */
export interface OnlyQuery {
  readonly model?: readonly string[] | undefined;
  readonly upstream?: readonly string[] | undefined;
  readonly key?: readonly string[] | undefined;
  readonly client?: readonly string[] | undefined;
  readonly route?: readonly string[] | undefined;
}

const names = z.array(z.string().min(1).max(512)).max(100).optional();

/** Members of PeriodQuery. */
export const periodMembers: {
  readonly from: z.ZodType<number | undefined>;
  readonly to: z.ZodType<number | undefined>;
  readonly last: z.ZodType<Last | undefined>;
} = {
  from: z.number().min(0).optional().describe('Epoch milliseconds, inclusive.'),
  to: z.number().min(0).optional().describe('Epoch milliseconds, exclusive; now where absent.'),
  last: z.enum(LASTS).optional().describe('Instead of from and to; 24h where nothing is given.'),
};

/** Members of OnlyQuery. */
export const onlyMembers: { readonly [Name in DimensionName]: z.ZodType<readonly string[] | undefined> } = {
  model: names.describe('Only these models; the parameter may come several times.'),
  upstream: names.describe('Only these upstreams.'),
  key: names.describe('Only these keys.'),
  client: names.describe('Only these clients.'),
  route: names.describe('Only these routes.'),
};
