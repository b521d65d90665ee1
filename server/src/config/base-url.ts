// Checks the URLs of upstreams. Messages never repeat the URL: it may hold a secret.

/** A usable URL, or what is wrong with it. */
export type UrlCheck = { readonly url: string } | { readonly message: string; readonly suggestion?: string };

const PROXY_SCHEMES = ['http:', 'https:', 'socks5:', 'socks5h:'];

/** Checks a base URL and writes it without a trailing slash. A query is kept. */
export function checkBaseUrl(text: string): UrlCheck {
  const url = parse(text);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    return { message: 'Is not an http:// or https:// URL.', suggestion: schemeHint(text) };
  }
  if (url.username !== '' || url.password !== '') {
    return {
      message: 'Must not hold a user name or password.',
      suggestion: 'Use "keys", or set an authorization header in "headers".',
    };
  }
  if (url.hash !== '') return { message: 'Must not have a fragment ("#…").' };
  const path = url.pathname.replace(/\/+$/, '');
  return { url: url.origin + path + url.search };
}

/** Checks the URL of a proxy. */
export function checkProxyUrl(text: string): UrlCheck {
  const url = parse(text);
  if (url === undefined || !PROXY_SCHEMES.includes(url.protocol) || url.hostname === '') {
    return {
      message: 'Is not a proxy URL.',
      suggestion: 'Write http://, https://, socks5:// or socks5h://, host and port.',
    };
  }
  const path = url.pathname === '' || url.pathname === '/';
  if (!path || url.search !== '' || url.hash !== '') {
    return { message: 'A proxy URL ends after its port.' };
  }
  return { url: text.trim() };
}

function parse(text: string): URL | undefined {
  return URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
}

function schemeHint(text: string): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim());
  return hasScheme ? 'Only http and https lead to upstreams.' : 'Begin it with "https://" or "http://".';
}
