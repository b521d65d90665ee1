// The language of the page and the way of writing numbers: chosen by the viewer, or taken from the browser.

import { createStore, useStore } from '../app/store.ts';

/** What the page speaks. */
export const LANGUAGES: readonly ['en', 'zh'] = ['en', 'zh'];
export type Language = (typeof LANGUAGES)[number];

const KEY = 'sluice.language';

function isLanguage(text: string | null): text is Language {
  return text === 'en' || text === 'zh';
}

/** The first of the browser's languages that the page speaks, or English. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(base)) return base;
  }
  return 'en';
}

function initial(): Language {
  try {
    const chosen = localStorage.getItem(KEY);
    if (isLanguage(chosen)) return chosen;
  } catch {
    // A browser that keeps nothing: its own language it is.
  }
  return languageOf(navigator.languages);
}

const store = createStore<Language>(initial());
mark(store.get());

/** The language; the component is drawn again when it changes. */
export function useLanguage(): Language {
  return useStore(store);
}

/** Chooses a language, also for the next visit. */
export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // It holds for this visit.
  }
  mark(language);
  store.set(language);
}

function mark(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}
