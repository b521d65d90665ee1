// The messages of the chat.

import { ImagePlus, Plus, X } from 'lucide-react';
import type { ChangeEvent, ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Button, buttonLook, IconButton } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { SelectField, TextArea } from '../../../ui/field.tsx';
import { playgroundMessages } from '../messages.ts';
import { bench, changeChat } from '../state/bench.ts';
import { newTurn, type Picture, type Turn } from '../state/chat-form.ts';

/** The list, with a way to add to it. */
export function Turns({ turns }: { readonly turns: readonly Turn[] }): ReactElement {
  const text = useMessages(playgroundMessages);
  const add = (): void => {
    const role = turns.at(-1)?.role === 'user' ? 'assistant' : 'user';
    changeChat({ turns: [...turns, newTurn(role)] });
  };
  return (
    <div className="flex flex-col gap-2">
      <ol className="flex flex-col gap-2">
        {turns.map((turn, at) => (
          <TurnFields key={turn.id} turn={turn} number={at + 1} isOnly={turns.length === 1} />
        ))}
      </ol>
      <div>
        <Button size="small" weight="quiet" onClick={add}>
          <Plus aria-hidden="true" className="size-3.5" />
          {text.addMessage}
        </Button>
      </div>
    </div>
  );
}

/** Changes one message, as it stands now: pictures take a while to be read. */
function changeTurn(id: number, by: (turn: Turn) => Turn): void {
  changeChat({ turns: bench.get().chat.turns.map((turn) => (turn.id === id ? by(turn) : turn)) });
}

interface TurnProps {
  readonly turn: Turn;
  readonly number: number;
  readonly isOnly: boolean;
}

function TurnFields({ turn, number, isOnly }: TurnProps): ReactElement {
  const text = useMessages(playgroundMessages);
  const { id, role, pictures, calls = [] } = turn;
  const remove = (): void => changeChat({ turns: bench.get().chat.turns.filter((one) => one.id !== id) });
  const rows = Math.min(14, Math.max(2, turn.text.split('\n').length));
  return (
    <li className="rounded-lg border border-line bg-page/60 p-2">
      <div className="mb-1.5 flex items-center gap-2">
        <RoleField turn={turn} number={number} />
        <div className="ml-auto flex items-center">
          {role === 'user' && <AddPicture onPicture={(picture) => addPicture(id, picture)} />}
          {!isOnly && (
            <IconButton label={text.removeMessage(number)} onClick={remove}>
              <X className="size-4" />
            </IconButton>
          )}
        </div>
      </div>
      <TextArea
        label={text.message(number)}
        labelHidden
        rows={rows}
        value={turn.text}
        onChange={(event) => changeTurn(id, (one) => ({ ...one, text: event.target.value }))}
      />
      {calls.map((call) => (
        <p key={call.id} className="mt-1.5 break-words font-mono text-soft text-xs">
          {text.calls(call.name)} {call.text}
        </p>
      ))}
      <Pictures turn={turn} pictures={pictures} />
    </li>
  );
}

function addPicture(id: number, picture: Picture): void {
  changeTurn(id, (turn) => ({ ...turn, pictures: [...turn.pictures, picture] }));
}

function RoleField({ turn, number }: { readonly turn: Turn; readonly number: number }): ReactElement {
  const text = useMessages(playgroundMessages);
  const { id, role, answers } = turn;
  if (role === 'tool') return <span className="text-soft text-xs">{text.resultOf(answers?.name ?? '')}</span>;
  return (
    <SelectField
      label={text.role(number)}
      labelHidden
      className="w-32"
      value={role}
      onChange={({ target }) =>
        // A message of the assistant has no pictures, and one of the user makes no calls.
        changeTurn(id, (one) => ({
          ...newTurn(target.value === 'assistant' ? 'assistant' : 'user', one.text),
          id,
        }))
      }
    >
      <option value="user">{text.user}</option>
      <option value="assistant">{text.assistant}</option>
    </SelectField>
  );
}

function AddPicture({ onPicture }: { readonly onPicture: (picture: Picture) => void }): ReactElement {
  const text = useMessages(playgroundMessages);
  const choose = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    for (const file of target.files ?? []) void read(file).then(onPicture);
    // The same file may be chosen again.
    target.value = '';
  };
  return (
    <label
      className={classes(
        buttonLook('quiet', 'small'),
        'cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-water',
      )}
    >
      <input type="file" accept="image/*" multiple className="sr-only" onChange={choose} />
      <ImagePlus aria-hidden="true" className="size-3.5" />
      {text.addPicture}
    </label>
  );
}

function read(file: File): Promise<Picture> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, url: String(reader.result) });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function Pictures({
  turn,
  pictures,
}: {
  readonly turn: Turn;
  readonly pictures: readonly Picture[];
}): ReactElement | null {
  const text = useMessages(playgroundMessages);
  if (pictures.length === 0) return null;
  const remove = (picture: Picture): void =>
    changeTurn(turn.id, (one) => ({ ...one, pictures: one.pictures.filter((other) => other !== picture) }));
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {pictures.map((picture, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two pictures may be the same file.
        <li key={at} className="relative">
          <img
            src={picture.url}
            alt={picture.name}
            className="size-16 rounded-lg border border-line bg-sunken object-cover"
          />
          <IconButton
            label={text.removePicture(picture.name)}
            className="-top-2 -right-2 absolute size-6 border border-line bg-raised"
            onClick={() => remove(picture)}
          >
            <X className="size-3" />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
