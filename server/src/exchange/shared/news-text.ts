// News as the text in which gateways tell each other, and back. What another version says that makes no sense is passed over.

import { isObject, parseJson } from '../../core/model/json.ts';
import type { ReportedCount, ReportedCounts } from '../../core/routing/reported.ts';
import type { News } from './limits-port.ts';

/** Writes news. `from`: who tells it. */
export function writeNews(news: News, from: string): string {
  return JSON.stringify({ ...news, from });
}

/** Reads them; undefined for what is none, or was told by this gateway itself. */
export function readNews(text: string, self: string): News | undefined {
  const json = parseJson(text);
  if (!isObject(json) || json['from'] === self) return undefined;
  const { kind, place } = json;
  if (typeof place !== 'string') return undefined;
  switch (kind) {
    case 'standing': {
      const { untilMs, text: saved } = json;
      return typeof untilMs === 'number' && typeof saved === 'string'
        ? { kind, place, untilMs, text: saved }
        : undefined;
    }
    case 'freed': {
      const { atMs, untilMs } = json;
      if (typeof atMs !== 'number') return undefined;
      return { kind, place, atMs, untilMs: typeof untilMs === 'number' ? untilMs : undefined };
    }
    case 'reported': {
      const { counts } = json;
      return isObject(counts) ? { kind, place, counts: countsOf(counts) } : undefined;
    }
    default:
      return undefined;
  }
}

function countsOf(json: Readonly<Record<string, unknown>>): ReportedCounts {
  return {
    requests: countOf(json['requests']),
    tokens: countOf(json['tokens']),
    requestsPerDay: countOf(json['requestsPerDay']),
    tokensPerDay: countOf(json['tokensPerDay']),
  };
}

function countOf(json: unknown): ReportedCount | undefined {
  if (!isObject(json)) return undefined;
  const number = (name: string): number | undefined => {
    const value = json[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  return { limit: number('limit'), remaining: number('remaining'), resetMs: number('resetMs') };
}
