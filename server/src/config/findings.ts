// Collects what resolving finds in a loaded configuration, each finding with its place.

import type { LoadedConfig } from './load.ts';
import { type PathStep, type Problem, pathText } from './problem.ts';
import { variablesIn } from './references.ts';

/** More about a finding. */
export interface FindingDetails {
  readonly suggestion?: string | undefined;
  readonly severity?: Problem['severity'];
  readonly part?: 'name' | 'value';
}

/** The findings of one resolution. */
export interface Findings {
  /** Findings so far, errors and warnings. */
  readonly problems: Problem[];
  add(path: readonly PathStep[], message: string, details?: FindingDetails): void;
  /** Says why a text is empty: the variables that it was written with. */
  emptyReason(path: readonly PathStep[]): string;
  /** True when the text came from a reference, so that it must not be shown. */
  isReference(path: readonly PathStep[]): boolean;
  /** True when the text still is the reference as written, because what it refers to is not there. */
  isUnresolved(path: readonly PathStep[], text: string): boolean;
  /** True when keys of an upstream are kept outside the configuration, so that it may have none itself. */
  hasKeysElsewhere(upstreamId: string): boolean;
}

/** Starts an empty collection. */
export function collectFindings(
  loaded: LoadedConfig,
  hasKeysElsewhere: Findings['hasKeysElsewhere'] = () => false,
): Findings {
  const problems: Problem[] = [];
  return {
    problems,
    add: (path, message, details) => {
      problems.push(loaded.document.problem(path, message, details));
    },
    emptyReason: (path) => {
      const names = variablesIn(loaded.written.get(pathText(path)) ?? '');
      if (names.length === 0) return 'it is empty';
      return `the environment variable ${names.join(' or ')} is empty or not set`;
    },
    isReference: (path) => loaded.written.has(pathText(path)),
    isUnresolved: (path, text) => text !== '' && loaded.written.get(pathText(path)) === text,
    hasKeysElsewhere,
  };
}
