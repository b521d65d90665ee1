// What is wrong with the form of a client, by field.

import { useMessages } from '../../../language/messages.ts';
import type { Editor } from './client-editor.ts';
import { clientFormMessages } from './messages.ts';

/** What is wrong at a place, in the page's words or the gateway's. */
export function useFault({ faults, localFaults }: Editor): (place: string) => string | undefined {
  const text = useMessages(clientFormMessages);
  return (place) => {
    const local = localFaults[place];
    return local === undefined ? faults[place] : text[local];
  };
}
