// Ctrl K: one field from which every page, everything that has a name and the settings of the page can be reached.

import { type KeyboardEvent, type ReactElement, useId, useState } from 'react';
import { useMessages } from '../language/messages.ts';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { inputLook } from '../ui/field.tsx';
import { type Command, matching, useCommands } from './commands.ts';
import { appMessages } from './messages.ts';

/** The palette. */
export function CommandPalette({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const text = useMessages(appMessages);
  return (
    <Dialog open={open} onClose={onClose} title={text.palette}>
      <Finder onDone={onClose} />
    </Dialog>
  );
}

function Finder({ onDone }: { readonly onDone: () => void }): ReactElement {
  const text = useMessages(appMessages);
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const found = matching(useCommands(), typed);
  const at = Math.min(chosen, found.length - 1);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    onDone();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) setChosen((at + step + found.length) % found.length);
    if (event.key === 'Enter') run(found[at]);
    if (step !== 0 || event.key === 'Enter') event.preventDefault();
  };
  return (
    <div className="flex flex-col gap-3">
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here.
        autoFocus
        role="combobox"
        aria-label={text.palette}
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[at] === undefined ? undefined : `${listId}-${at}`}
        className={inputLook}
        placeholder={text.palette}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div role="listbox" id={listId} aria-label={text.palette} className="flex flex-col">
        {found.map((command, index) => (
          <Option
            key={command.id}
            id={`${listId}-${index}`}
            command={command}
            chosen={index === at}
            onRun={run}
          />
        ))}
      </div>
      {found.length === 0 && <p className="px-2 text-faint text-sm">{text.paletteEmpty}</p>}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly command: Command;
  readonly chosen: boolean;
  readonly onRun: (command: Command) => void;
}

function Option({ id, command, chosen, onRun }: OptionProps): ReactElement {
  return (
    // The field above has the keyboard; this is for the mouse.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      onClick={() => onRun(command)}
      className={classes(
        'flex cursor-pointer items-center gap-3 rounded-lg px-2.5 py-1.5 text-sm hover:bg-sunken',
        chosen && 'bg-water-soft text-water',
      )}
    >
      <span className="min-w-0 truncate">{command.title}</span>
      <span className="ml-auto shrink-0 text-faint text-xs">{command.kind}</span>
    </div>
  );
}
