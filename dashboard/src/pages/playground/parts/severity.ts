// How a loss of a conversion looks by how much it matters.

import type { Tone } from '../../../ui/badge.tsx';

interface SeverityLook {
  readonly tone: Tone;
  /** Of the line at which it happens. */
  readonly line: string;
  readonly words: 'hintLoss' | 'qualityLoss' | 'semanticLoss';
}

const LOOKS: Readonly<Record<string, SeverityLook>> = {
  hint: { tone: 'calm', line: 'bg-line/70 text-ink', words: 'hintLoss' },
  quality: { tone: 'caution', line: 'bg-caution-soft text-caution', words: 'qualityLoss' },
  semantic: { tone: 'bad', line: 'bg-bad-soft text-bad', words: 'semanticLoss' },
};
const USUAL: SeverityLook = { tone: 'caution', line: 'bg-caution-soft text-caution', words: 'qualityLoss' };

/** The look; of one that the page does not know, that of the middle. */
export function severityLook(severity: string): SeverityLook {
  return LOOKS[severity] ?? USUAL;
}
