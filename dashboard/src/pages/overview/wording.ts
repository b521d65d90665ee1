// Puts a status into words. It says what was seen and no more than that.

import { type Finding, type GatewayStatus, type Verdict, verdictOf } from '../../api/status.ts';
import type { Tone } from '../../ui/lamp.tsx';

/** A lamp and the words beside it. */
export interface Wording {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

const verdicts: Readonly<Record<Verdict, Wording>> = {
  ok: { tone: 'good', title: 'Ready', detail: 'The gateway is running and takes requests.' },
  'not-ready': {
    tone: 'caution',
    title: 'Not ready',
    detail: 'The gateway answers but does not take requests yet. Its log says what is missing.',
  },
  unreachable: {
    tone: 'bad',
    title: 'Unreachable',
    detail:
      'The gateway does not answer. It may have been stopped, or the network between it and you is down.',
  },
};

/** The headline of the page. */
export function wordingOf(status: GatewayStatus | undefined): Wording {
  if (status === undefined)
    return { tone: 'waiting', title: 'Checking', detail: 'Asking the gateway how it is.' };
  return verdicts[verdictOf(status)];
}

/** What one route answered. */
export function wordingOfFinding(finding: Finding | undefined): {
  readonly tone: Tone;
  readonly text: string;
} {
  switch (finding?.kind) {
    case undefined:
      return { tone: 'waiting', text: 'checking' };
    case 'ok':
      return { tone: 'good', text: `ok in ${finding.answeredMs} ms` };
    case 'refused':
      return { tone: 'caution', text: `status ${finding.status}` };
    case 'unreachable':
      return { tone: 'bad', text: 'no answer' };
  }
}
