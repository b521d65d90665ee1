// A "%" in an address begins an escape; where it does not, drivers of databases fail with each connection that they make.

/** True when user, password and path of a URL can be decoded. The text must be a URL. */
export function canBeDecoded(text: string): boolean {
  const { username, password, pathname } = new URL(text);
  try {
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
}
