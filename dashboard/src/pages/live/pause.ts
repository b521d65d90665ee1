// Holding the picture still: by a button, or by the space bar where it is not needed for anything else.

import { useEffect, useRef, useState } from 'react';
import { isTyping } from '../../app/shortcuts.ts';

/** True where the space bar presses, follows or opens something itself. */
function isPressable(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('a, button, summary, label, input, [role=menu]') !== null
  );
}

/** Whether the picture stands still, and how to change that. */
export function usePause(): readonly [paused: boolean, toggle: () => void] {
  const [paused, setPaused] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || isPressable(event.target)) return;
      event.preventDefault();
      setPaused((before) => !before);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
  return [paused, () => setPaused((before) => !before)];
}

/** The value as it was when `held` became true, and the present one otherwise. */
export function useHeld<Value>(value: Value, held: boolean): Value {
  const kept = useRef(value);
  if (!held) kept.current = value;
  return kept.current;
}
