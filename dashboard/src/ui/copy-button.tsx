// Copies a text to the clipboard and says so.

import { Check, Copy } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import { useMessages } from '../language/messages.ts';
import { Button, IconButton } from './button.tsx';
import { uiMessages } from './messages.ts';

const SHOWN_MS = 1_500;

/** Puts a text on the clipboard, also on pages that are not served by https or loopback. False where it is forbidden. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The clipboard is there for secure pages only: the old way, with a field that nobody sees.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'fixed opacity-0';
    (document.querySelector('dialog[open]') ?? document.body).append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

interface CopyProps {
  /** What is copied, or how it is made when it is wanted. */
  readonly text: string | (() => string);
  /** Words on the button; without them it is a sign. */
  readonly label?: string;
  /** What is copied, for screen readers: "Copy the base URL". */
  readonly what?: string;
}

/** The button. */
export function CopyButton({ text: given, label, what }: CopyProps): ReactElement {
  const text = useMessages(uiMessages);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    void copyText(typeof given === 'string' ? given : given()).then(setCopied);
  };
  const sign = copied ? <Check className="size-4 text-good" /> : <Copy className="size-4" />;
  if (label === undefined) {
    return (
      <IconButton label={copied ? text.copied : (what ?? text.copy)} onClick={copy}>
        {sign}
      </IconButton>
    );
  }
  return (
    <Button size="small" onClick={copy}>
      {sign}
      {copied ? text.copied : label}
    </Button>
  );
}
