// Which proxy a program of this environment would use for an address, by the variables that most programs go by.

import type { Environment } from '../config/environment.ts';

/** The proxy for an address, or undefined for none. `first`: variables that come before the common ones. */
export function proxyOf(url: URL, env: Environment, first: readonly string[] = []): string | undefined {
  if (isExempt(url, env)) return undefined;
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  for (const name of [...first, ...names, 'all_proxy', 'ALL_PROXY']) {
    const value = env[name];
    if (value !== undefined && value !== '') return value.includes('://') ? value : `http://${value}`;
  }
  return undefined;
}

/** NO_PROXY: names, which include all that is below them, with or without a port; "*" for everything. */
function isExempt(url: URL, env: Environment): boolean {
  const list = env['npm_config_noproxy'] ?? env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  const host = url.hostname.toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', onPort] = /^\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (name === '' || (onPort !== undefined && onPort !== port)) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}
