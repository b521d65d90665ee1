// Addresses that lead to something to be done on a page: /upstreams?tab=add opens its form. Once it is done it is taken out
// of the address, so that going back, or loading anew, does not do it again.

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** Does it when the address says so. */
export function useWish(wish: string, fulfil: () => void): void {
  const { tab } = useSearch({ strict: false });
  const navigate = useNavigate();
  const latest = useRef(fulfil);
  latest.current = fulfil;
  useEffect(() => {
    if (tab !== wish) return;
    latest.current();
    void navigate({ to: '.', search: ({ tab: _tab, ...rest }) => rest, replace: true });
  }, [tab, wish, navigate]);
}
