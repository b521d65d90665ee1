// Everything that narrows the list: words, names, outcomes. All of it stands in the address.

import { Search, X } from 'lucide-react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { SEARCH_FIELD } from '../../app/shortcuts.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { inputLook } from '../../ui/field.tsx';
import { FilterMenu } from './filter-menu.tsx';
import { requestsMessages } from './messages.ts';
import {
  CACHES,
  type Chip,
  chipsOf,
  DIMENSIONS,
  OUTCOMES,
  type RequestsSearch,
  toggled,
  withoutChip,
  withoutFilters,
} from './search.ts';

interface FiltersProps {
  readonly search: RequestsSearch;
  readonly keyNames: ReadonlyMap<string, string>;
  readonly onChange: (search: RequestsSearch) => void;
}

/** The lines of filters. */
export function Filters({ search, keyNames, onChange }: FiltersProps): ReactElement {
  const text = useMessages(requestsMessages);
  const keyName = (id: string): string => keyNames.get(id) ?? id;
  return (
    <section aria-label={text.filters} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          value={search.search ?? ''}
          label={text.search}
          hint={text.searchHint}
          ownLine
          onChange={(value) => {
            const { search: _search, ...rest } = search;
            onChange(value === '' ? rest : { ...rest, search: value });
          }}
        />
        {DIMENSIONS.map((name) => (
          <FilterMenu
            key={name}
            name={name}
            chosen={search[name] ?? []}
            onToggle={(value) => onChange(toggled(search, name, value))}
            {...(name === 'key' ? { nameOf: keyName } : {})}
          />
        ))}
        <OneOf name="outcome" search={search} options={OUTCOMES} onChange={onChange} />
        <OneOf name="cache" search={search} options={CACHES} onChange={onChange} />
      </div>
      <Chips search={search} keyName={keyName} onChange={onChange} />
    </section>
  );
}

const TYPED_MS = 300;

/** The words that are searched for, told when nothing was typed for a moment. */
export function SearchField({
  value,
  label,
  hint,
  ownLine = false,
  onChange,
}: {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
  /** On phones. */
  readonly ownLine?: boolean;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => {
    // It was changed elsewhere: "clear all", or the way back of the browser.
    if (value !== told.current) setTyped(value);
    told.current = value;
  }, [value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === told.current) return;
    const timer = setTimeout(() => {
      told.current = wanted;
      tell.current(wanted);
    }, TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div className={classes('relative min-w-44 flex-1 sm:w-72 sm:flex-none', ownLine && 'max-sm:basis-full')}>
      <Search aria-hidden="true" className="absolute top-1.5 left-2 size-4 text-faint" />
      <input
        {...SEARCH_FIELD}
        type="search"
        aria-label={label}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && typed !== '') setTyped('');
        }}
        className={classes(inputLook, 'h-7! pl-8 text-xs!')}
      />
    </div>
  );
}

interface OneOfProps<Name extends 'outcome' | 'cache'> {
  readonly name: Name;
  readonly search: RequestsSearch;
  readonly options: readonly NonNullable<RequestsSearch[Name]>[];
  readonly onChange: (search: RequestsSearch) => void;
}

function OneOf<Name extends 'outcome' | 'cache'>({
  name,
  search,
  options,
  onChange,
}: OneOfProps<Name>): ReactElement {
  const text = useMessages(requestsMessages);
  const value = search[name] ?? '';
  const title = name === 'outcome' ? text.outcome : text.cache;
  return (
    <select
      aria-label={title}
      value={value}
      onChange={(event) => {
        const { [name]: _before, ...rest } = search;
        const chosen = options.find((option) => option === event.target.value);
        onChange(chosen === undefined ? rest : { ...rest, [name]: chosen });
      }}
      className={classes(
        'h-7 rounded-lg border bg-surface px-1.5 font-medium text-xs',
        value === '' ? 'border-line-strong text-ink' : 'border-water bg-water-soft text-water',
      )}
    >
      <option value="">{`${title}: ${text.any}`}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {`${title}: ${valueWords({ name, value: option }, text)}`}
        </option>
      ))}
    </select>
  );
}

type Text = (typeof requestsMessages)['en'];

function valueWords({ name, value }: Chip, text: Text): string {
  if (name === 'outcome') {
    const outcome = OUTCOMES.find((one) => one === value);
    return outcome === undefined ? value : text[outcome];
  }
  if (name !== 'cache') return value;
  const words = {
    hit: text.cacheHit,
    miss: text.cacheMiss,
    stale: text.cacheStale,
    bypass: text.cacheBypass,
  };
  const cache = CACHES.find((one) => one === value);
  return cache === undefined ? value : words[cache];
}

function Chips({
  search,
  keyName,
  onChange,
}: {
  readonly search: RequestsSearch;
  readonly keyName: (id: string) => string;
  readonly onChange: (search: RequestsSearch) => void;
}): ReactElement | null {
  const text = useMessages(requestsMessages);
  const chips = chipsOf(search);
  if (chips.length === 0 && search.search === undefined) return null;
  return (
    <ul className="flex flex-wrap items-center gap-1.5">
      {chips.map((chip) => {
        const name = chip.name === 'search' ? text.search : text[chip.name];
        const words = `${name}: ${chip.name === 'key' ? keyName(chip.value) : valueWords(chip, text)}`;
        return (
          <li
            key={`${chip.name} ${chip.value}`}
            className="flex h-6 min-w-0 max-w-full items-center gap-0.5 rounded-md bg-water-soft pl-2 text-water text-xs"
          >
            <span className="truncate">{words}</span>
            <button
              type="button"
              aria-label={text.remove(words)}
              title={text.remove(words)}
              onClick={() => onChange(withoutChip(search, chip))}
              className="inline-flex size-6 shrink-0 items-center justify-center rounded-md hover:bg-surface"
            >
              <X aria-hidden="true" className="size-3.5" />
            </button>
          </li>
        );
      })}
      <li>
        <Button weight="quiet" size="small" onClick={() => onChange(withoutFilters(search))}>
          {text.clear}
        </Button>
      </li>
    </ul>
  );
}
