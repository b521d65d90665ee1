// What will be changed, as people read it: a unified diff in which no secret can be seen.

import { createTwoFilesPatch } from 'diff';
import type { PreparedFile } from './prepare.ts';

const CONTEXT_LINES = 2;
const HIDDEN = '••••••••';

/** A member or variable whose name says that its value is a secret. */
const NAMED =
  /((?:["']?)([\w.-]*(?:key|token|secret|password|passwd|authorization|cookie|credential)[\w.-]*)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',{[#][^\s,}#]*)/gi;
/** An argument whose name says that the one behind it is a secret, in a list of them. */
const ARGUMENT =
  /((["'])--?[\w-]*(?:key|token|secret|password|passwd|authorization)[\w-]*\2\s*,\s*)("(?:[^"\\]|\\.)*"|'[^']*')/gi;
/** What stands before the host of an address, and behind the word for a credential. */
const IN_TEXT: readonly RegExp[] = [
  /(:\/\/[^\s/:@"']*:)[^\s/@"']+(?=@)/g,
  /(\b(?:bearer|basic)\s+)[^\s"',]+/gi,
];
/** What looks like a key, wherever it stands. */
const SHAPED = /\b(?:sk-|gsk_|xai-|AIza|ghp_|glpat-|eyJ)[\w.-]{8,}/g;
/** Names that hold the name of something, and no secret. */
const HARMLESS = /^(?:env_key|apiKeyHelper)$/i;

/** Lines of the diff of a file; none where nothing changes. `placeholder` is no secret. */
export function diffLines({ edit, before, after }: PreparedFile, placeholder: string): readonly string[] {
  if (before.exists && before.text === after) return [];
  if (edit.format === 'own')
    return [
      `${before.exists ? '~' : '+'} ${edit.path} (${Math.ceil(after.length / 1024)} KiB, written by Sluice alone)`,
    ];
  const patch = createTwoFilesPatch(
    before.exists ? edit.path : '/dev/null',
    edit.path,
    before.text.replaceAll('\r\n', '\n'),
    after.replaceAll('\r\n', '\n'),
    undefined,
    undefined,
    { context: CONTEXT_LINES },
  );
  return patch
    .split('\n')
    .filter((line) => !/^(?:=+$|Index: )/.test(line) && line !== '')
    .map((line) => hideSecrets(line, placeholder));
}

/** A line without secrets. */
export function hideSecrets(line: string, placeholder: string): string {
  const named = line.replace(NAMED, (whole, before: string, name: string, value: string) => {
    const bare = value.replace(/^["']|["']$/g, '');
    const shown = bare === placeholder || bare === '' || /^\{env:/.test(bare) || /^\d+$/.test(bare);
    if (shown || HARMLESS.test(name)) return whole;
    const quote = /^["']/.exec(value)?.[0] ?? '';
    return `${before}${quote}${HIDDEN}${quote}`;
  });
  const inLists = named.replace(ARGUMENT, (_, before: string, _quote: string, value: string) => {
    const quote = value.slice(0, 1);
    return `${before}${quote}${HIDDEN}${quote}`;
  });
  const inTexts = IN_TEXT.reduce((text, shape) => text.replace(shape, `$1${HIDDEN}`), inLists);
  return inTexts.replace(SHAPED, HIDDEN);
}
