// Lines of the log folder as people read them.

import { isObject, parseJson } from '../../core/model/json.ts';
import { printable } from '../ui/printable.ts';
import type { Colours } from '../ui/terminal.ts';

/** Which file a line is from. */
export type LineKind = 'requests' | 'errors' | 'keys';

/** Moment of a line in epoch milliseconds; undefined where it is none of ours. */
export function momentOf(line: string): number | undefined {
  const [, time = ''] = /^\{"time":"([^"]+)"/.exec(line) ?? [];
  const moment = Date.parse(time);
  return Number.isNaN(moment) ? undefined : moment;
}

/** One line, or several for the attempts of an error; what is no JSON is shown as it is. */
export function readable(line: string, kind: LineKind, colours: Colours): string {
  const json = parseJson(line);
  if (!isObject(json)) return printable(line);
  const time = new Date(text(json['time'])).toLocaleString('sv-SE');
  const words = kind === 'keys' ? keyWords(json, colours) : exchangeWords(json, colours);
  const first = [colours.dim(time), ...words].filter((word) => word !== '').join('  ');
  return [first, ...(kind === 'errors' ? attemptLines(json, colours) : [])].join('\n');
}

type Json = Readonly<Record<string, unknown>>;

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? printable(String(value)) : '';
}

function exchangeWords(json: Json, colours: Colours): string[] {
  const status = Number(json['status']);
  const colour = status >= 500 ? colours.red : status >= 400 ? colours.yellow : colours.green;
  const asked = text(json['model_asked']);
  const served = text(json['model_served']);
  const tokensIn = sum(json, ['input_uncached', 'input_cache_read', 'input_cache_write', 'input_audio']);
  const tokensOut = sum(json, ['output_text', 'output_reasoning', 'output_audio']);
  const cost = json['cost_state'] === 'unpriced' ? undefined : json['cost_nano_usd'];
  return [
    colour(text(json['status'])),
    text(json['route']),
    served !== '' && served !== asked ? `${asked} → ${served}` : asked,
    json['upstream_id'] === undefined ? '' : `from ${text(json['upstream_id'])}`,
    json['duration_ms'] === undefined ? '' : `${text(json['duration_ms'])} ms`,
    json['input_uncached'] === undefined ? '' : `${tokensIn}→${tokensOut} tokens`,
    typeof cost === 'number' ? `$${(cost / 1e9).toFixed(6)}` : '',
    Number(json['attempts']) > 1 ? `${text(json['attempts'])} attempts` : '',
    colours.red(text(json['error_code'])),
    text(json['error_message']),
    json['error_code'] === undefined ? '' : colours.dim(providerId(json)),
    colours.dim(text(json['id'])),
  ];
}

/** What the provider's support asks for. */
function providerId(json: Json): string {
  const id = text(json['upstream_request_id']);
  return id === '' ? '' : `provider's id ${id}`;
}

function sum(json: Json, names: readonly string[]): number {
  return names.reduce((total, name) => total + (Number(json[name]) || 0), 0);
}

function attemptLines(json: Json, colours: Colours): string[] {
  const tries: readonly unknown[] = Array.isArray(json['tries']) ? json['tries'] : [];
  return tries.filter(isObject).map((one) => {
    const why = [one['status'], one['reason'], one['error_code']].map(text).filter((word) => word !== '');
    const where = `${text(one['upstream_id'])}/${text(one['key_id'])}`;
    const words = [`  ${text(one['attempt'])}.`, where, text(one['model']), text(one['end'])];
    const rest = [why.join(' '), `${text(one['duration_ms'])} ms`, providerId(one)];
    return colours.dim([...words, ...rest].filter((word) => word !== '').join('  '));
  });
}

function keyWords(json: Json, colours: Colours): string[] {
  const event = text(json['event']);
  const good = ['reactivated', 'reset', 'enabled', 'added'].includes(event);
  const colour = good ? colours.green : event === 'quarantined' ? colours.red : colours.yellow;
  const until = json['until'] === undefined ? '' : new Date(text(json['until'])).toLocaleString('sv-SE');
  const to =
    json['to_key_id'] === undefined ? '' : `→ ${text(json['to_upstream_id'])}/${text(json['to_key_id'])}`;
  return [
    colour(event),
    [text(json['upstream_id']), text(json['key_id'])].filter((word) => word !== '').join('/'),
    to,
    text(json['model']),
    [text(json['reason']), text(json['status'])].filter((word) => word !== '').join(' '),
    until === '' ? '' : `until ${until}`,
  ];
}
