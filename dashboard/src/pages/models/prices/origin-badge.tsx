// Who says what something costs, as a badge.

import type { ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { priceMessages } from './messages.ts';
import { ORIGIN_TONES, type Origin, originWords } from './rate-words.ts';

/** The badge. */
export function OriginBadge({ origin }: { readonly origin: Origin }): ReactElement {
  const text = useMessages(priceMessages);
  const [word, hint] = originWords(origin, text);
  return (
    <Badge tone={ORIGIN_TONES[origin]} title={hint}>
      {word}
    </Badge>
  );
}
