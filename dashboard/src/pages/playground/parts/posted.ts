// Questions that are asked with POST because they carry a body, and change nothing; and values that are waited for until
// somebody has stopped typing.

import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ApiError, ask } from '../../../api/http.ts';

/** What people write is not kept longer than it is of use. */
const FORGOTTEN_AFTER_MS = 30_000;

/** Asks a path of the admin API with a body; undefined: not yet. */
export function usePosted<Answer>(path: string, body: object | undefined): UseQueryResult<Answer, ApiError> {
  return useQuery<Answer, ApiError>({
    queryKey: [path, body],
    queryFn: ({ signal }) => ask<Answer>(path, { method: 'POST', body, signal }),
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
    gcTime: FORGOTTEN_AFTER_MS,
    refetchOnWindowFocus: false,
  });
}

/** The value, once it has stayed the same for that long. */
export function useSettled<Value>(value: Value, delayMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}
