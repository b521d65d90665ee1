// What a change of the configuration means for provider keys: which are new, gone, taken out of use or back in it.

import type { KeyEvent, KeyEventKind } from '../core/telemetry/key-event.ts';
import type { Settings } from './settings.ts';

interface Known {
  readonly upstreamId: string;
  readonly keyId: string;
  readonly inUse: boolean;
}

function keysOf(settings: Settings): Map<string, Known> {
  const keys = new Map<string, Known>();
  for (const upstream of settings.upstreams)
    for (const key of upstream.keys)
      keys.set(`${upstream.id}\n${key.id}`, {
        upstreamId: upstream.id,
        keyId: key.id,
        inUse: upstream.enabled && key.disabled !== true,
      });
  return keys;
}

/** One event for each key that has changed. */
export function keyChanges(next: Settings, previous: Settings, atMs: number): KeyEvent[] {
  const before = keysOf(previous);
  const after = keysOf(next);
  const events: KeyEvent[] = [];
  const note = (event: KeyEventKind, { upstreamId, keyId }: Known): void => {
    events.push({ event, atMs, upstreamId, keyId });
  };
  for (const [name, key] of after) {
    const known = before.get(name);
    if (known === undefined) note('added', key);
    else if (known.inUse !== key.inUse) note(key.inUse ? 'enabled' : 'disabled', key);
  }
  for (const [name, key] of before) if (!after.has(name)) note('removed', key);
  return events;
}
