// Whether the window is as narrow as a phone's, for what cannot be told by styles alone.

import { useSyncExternalStore } from 'react';

/** Below the width at which Tailwind's `sm` begins. */
const PHONE = '(width < 40rem)';

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(PHONE);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** True on phones; the component is drawn again when that changes. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(PHONE).matches);
}
