// What the controls of a form read and write: the draft of the whole configuration, or one entry in a drawer.

import { createContext, useContext } from 'react';
import type { EffectiveConfigView } from '../../../../../server/src/admin/contract.ts';
import type { Path } from '../draft/values.ts';

/** Where a value in force came from. */
export type Origin = EffectiveConfigView['values'][number];

/** What the controls need. */
export interface FormValues {
  /** What is written at a place; undefined: nothing, so that the default holds. */
  read(path: Path): unknown;
  /** undefined takes it out. */
  write(path: Path, value: unknown): void;
  /** True where it differs from what was there before. */
  isChanged(path: Path): boolean;
  /** What is in force there and why; undefined where that is not known, or no leaf. */
  origin(path: Path): Origin | undefined;
  /** Where it stands by heart: how the path of an error names it. */
  fault(path: Path): string | undefined;
}

const nothing: FormValues = {
  read: () => undefined,
  write: () => undefined,
  isChanged: () => false,
  origin: () => undefined,
  fault: () => undefined,
};

/** The values of the form around a control. */
export const FormValuesContext = createContext<FormValues>(nothing);

/** The values of the form that the component is in. */
export function useFormValues(): FormValues {
  return useContext(FormValuesContext);
}
