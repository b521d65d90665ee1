// Light, dark, or as the system is. public/theme.js sets it before the first paint.

import { createStore, useStore } from './store.ts';

export const THEMES: readonly ['system', 'light', 'dark'] = ['system', 'light', 'dark'];
export type Theme = (typeof THEMES)[number];

const KEY = 'sluice.theme';

function initial(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

const store = createStore<Theme>(initial());

/** The viewer's choice. */
export function useTheme(): Theme {
  return useStore(store);
}

/** Chooses, also for the next visit. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this visit.
  }
  store.set(theme);
}

/** Calls when light becomes dark or the other way round, by choice or by the system. Answers how to stop. */
export function watchTheme(listener: () => void): () => void {
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', listener);
  const unsubscribe = store.subscribe(listener);
  return () => {
    media.removeEventListener('change', listener);
    unsubscribe();
  };
}
