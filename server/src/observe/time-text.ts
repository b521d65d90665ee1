// The moment of a log line as text. A gateway writes thousands of lines in the same second: all but the milliseconds is kept.

let second = -1;
let secondText = '';

/** ISO 8601 in UTC with milliseconds, as Date.toISOString() writes it. */
export function timeText(epochMs: number): string {
  const now = Math.floor(epochMs / 1000);
  if (now !== second) {
    second = now;
    secondText = new Date(now * 1000).toISOString().slice(0, -4);
  }
  const milliseconds = Math.floor(epochMs) - now * 1000;
  return `${secondText}${milliseconds < 10 ? '00' : milliseconds < 100 ? '0' : ''}${milliseconds}Z`;
}
