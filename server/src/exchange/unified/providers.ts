// Whom the `provider` of a unified request may name: an upstream by its id, or every upstream of a preset.

import type { Upstream } from '../../config/settings.ts';

/** All names that mean something now, those of upstreams first. */
export function providerNames(upstreams: readonly Upstream[]): readonly string[] {
  const enabled = upstreams.filter((upstream) => upstream.enabled);
  return [...new Set([...enabled.map(({ id }) => id), ...enabled.map(({ provider }) => provider.id)])];
}

/** The upstreams that a name stands for: the one with that id, else all of that preset. Disabled ones are nobody's. */
export function upstreamsNamed(upstreams: readonly Upstream[], name: string): readonly string[] {
  const enabled = upstreams.filter((upstream) => upstream.enabled);
  const own = enabled.filter(({ id }) => id === name);
  const meant = own.length > 0 ? own : enabled.filter(({ provider }) => provider.id === name);
  return meant.map(({ id }) => id);
}
