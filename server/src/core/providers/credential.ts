// How a key is shown to a provider: one header, chosen by dialect unless the provider wants another.

import { type DialectId, type Family, familyOf } from '../model/dialect-id.ts';
import type { KeyHeader, Provider } from './provider.ts';

const FAMILY_HEADER: Readonly<Record<Family, KeyHeader>> = {
  openai: 'authorization',
  anthropic: 'x-api-key',
  gemini: 'x-goog-api-key',
};

/** The header that carries a key of this provider in this dialect. */
export function keyHeaderFor(provider: Pick<Provider, 'keyHeader'>, dialect: DialectId): KeyHeader {
  return provider.keyHeader?.[dialect] ?? FAMILY_HEADER[familyOf(dialect)];
}

/** The credential as a flat header list (name, value); empty for an empty secret, as local servers have. */
export function credentialHeaders(
  provider: Pick<Provider, 'keyHeader'>,
  dialect: DialectId,
  secret: string,
): string[] {
  if (secret === '') return [];
  const name = keyHeaderFor(provider, dialect);
  return [name, name === 'authorization' ? `Bearer ${secret}` : secret];
}
