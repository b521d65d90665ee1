// Lets in who has a session, trades a one-time link for one, and shows everybody else where to sign in. What was asked for
// one session is forgotten with it.

import { RouterProvider } from '@tanstack/react-router';
import { type ReactElement, useEffect, useState } from 'react';
import { ApiError, refreshSession, session, signIn } from '../api/http.ts';
import { queryClient } from '../api/queries.ts';
import { useMessages } from '../language/messages.ts';
import { Mark } from '../ui/mark.tsx';
import { appMessages } from './messages.ts';
import { makeRouter } from './router.tsx';
import { SignIn } from './sign-in.tsx';
import { useStore } from './store.ts';

const RETRY_MS = 2_000;

/** The token of a one-time link, taken out of the address so that it stays in no history. */
function takeToken(): string | undefined {
  const found = /^#login=(.+)$/.exec(window.location.hash)?.[1];
  if (found === undefined) return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return decodeURIComponent(found);
}

let token = takeToken();
const router = makeRouter();

/** True where the link was refused; the session is known afterwards either way. */
async function enter(): Promise<boolean> {
  if (token === undefined) {
    await refreshSession();
    return false;
  }
  try {
    await signIn({ token });
    return false;
  } catch (problem) {
    if (!(problem instanceof ApiError) || problem.status === 0) throw problem;
    // A link that was opened twice is of no importance to somebody who is in already.
    return !(await refreshSession());
  }
}

/** The whole page. */
export function Entrance(): ReactElement {
  const { state } = useStore(session);
  const [refused, setRefused] = useState(false);
  const [wasIn, setWasIn] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = (): void => {
      enter().then(setRefused, () => {
        timer = setTimeout(attempt, RETRY_MS);
      });
    };
    attempt();
    // A link that is opened in a window that is here already changes only what follows the #.
    const follow = (): void => {
      const next = takeToken();
      if (next === undefined) return;
      token = next;
      attempt();
    };
    window.addEventListener('hashchange', follow);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('hashchange', follow);
    };
  }, []);
  useEffect(() => {
    if (state === 'in') setWasIn(true);
    if (state === 'out') queryClient.clear();
  }, [state]);
  if (state === 'in') return <RouterProvider router={router} />;
  if (state === 'out') return <SignIn why={wasIn ? 'ended' : refused ? 'link' : undefined} />;
  return <Starting />;
}

function Starting(): ReactElement {
  const text = useMessages(appMessages);
  return (
    <main role="status" className="flex min-h-dvh items-center justify-center">
      <Mark className="size-10 motion-safe:animate-pulse" />
      <span className="sr-only">{text.starting}</span>
    </main>
  );
}
