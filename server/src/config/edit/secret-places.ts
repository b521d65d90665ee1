// Which values of a configuration are secrets, by where they stand and how they look. Rather too many than too few: what
// is hidden here can be written anew, what is shown cannot be taken back.

import type { JsonValue } from '../document.ts';
import { hideInUrl } from '../present.ts';
import type { PathStep } from '../problem.ts';
import { HIDDEN, hideLiterals } from '../references.ts';

const SECRET_NAME = /^(?:keys?|token|secret|password|passphrase)$|(?:Key|Token|Secret|Password)$/;

/** True where the text at a place must not be shown. Texts that are references alone may be. */
export function isSecret(path: readonly PathStep[], text: string): boolean {
  if (text === '' || text.includes(HIDDEN)) return false;
  if (hideInUrl(text) !== text && /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return true;
  return isSecretPlace(path) && hideLiterals(text) !== text;
}

function isSecretPlace(path: readonly PathStep[]): boolean {
  if (path.at(-2) === 'headers') return true;
  const name = path.findLast((step) => typeof step === 'string');
  return name !== undefined && SECRET_NAME.test(name);
}

/** A value as it may be shown. */
export function withoutSecrets(path: readonly PathStep[], value: JsonValue): JsonValue {
  if (typeof value === 'string') return isSecret(path, value) ? HIDDEN : value;
  if (Array.isArray(value)) return value.map((item, index) => withoutSecrets([...path, index], item));
  if (typeof value !== 'object' || value === null) return value;
  const shown: { [name: string]: JsonValue } = {};
  for (const [name, item] of Object.entries(value)) shown[name] = withoutSecrets([...path, name], item);
  return shown;
}
