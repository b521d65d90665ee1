// The product's mark: a gate held open between two posts, with water passing below.

import type { ReactElement } from 'react';

/** Decorative; the name stands beside it. */
export function Mark({ className = 'size-8' }: { readonly className?: string }): ReactElement {
  return (
    <svg
      viewBox="0 0 32 32"
      className={`text-water ${className}`}
      fill="none"
      stroke="currentColor"
      aria-hidden="true"
    >
      <path d="M5 4v24M27 4v24" strokeWidth="2.5" strokeLinecap="round" />
      <rect x="9" y="5" width="14" height="9" rx="1.5" fill="currentColor" strokeWidth="0" />
      <path
        d="M9 20q3.5-3 7 0t7 0M9 26q3.5-3 7 0t7 0"
        strokeWidth="2.2"
        strokeLinecap="round"
        className="opacity-60"
      />
    </svg>
  );
}
