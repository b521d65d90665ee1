// Times on axes and in tips: in the viewer's zone, as the viewer's region writes them, as short as the step allows.

const DAY_S = 24 * 60 * 60;

/** How times are written beside a chart. */
export interface TimeWords {
  /** Labels of an axis: the time, and the day where a new one begins; or days alone where the step is a day. */
  ticks(seconds: readonly number[], stepSeconds: number): string[];
  /** "14:30 – 15:00", with the day, and with both days where they differ. */
  stretch(fromMs: number, toMs: number): string;
}

const made = new Map<string, TimeWords>();

/** The words of a region; made once. */
export function timeWordsOf(region: string): TimeWords {
  let words = made.get(region);
  if (words === undefined) {
    words = makeTimeWords(region);
    made.set(region, words);
  }
  return words;
}

function makeTimeWords(region: string): TimeWords {
  const time = new Intl.DateTimeFormat(region, { timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(region, { day: 'numeric', month: 'short' });
  const weekday = new Intl.DateTimeFormat(region, { weekday: 'short', day: 'numeric', month: 'short' });
  const both = (ms: number): string => `${weekday.format(ms)}, ${time.format(ms)}`;
  return {
    ticks(seconds, stepSeconds) {
      if (stepSeconds >= DAY_S) return seconds.map((at) => day.format(at * 1_000));
      return seconds.map((at, index) => {
        const before = seconds[index - 1];
        const isNewDay = before === undefined || dayOf(before) !== dayOf(at);
        return isNewDay ? `${time.format(at * 1_000)}\n${day.format(at * 1_000)}` : time.format(at * 1_000);
      });
    },
    stretch(fromMs, toMs) {
      if (isMidnight(fromMs) && isMidnight(toMs)) {
        const last = new Date(toMs - 1);
        return dayOf(fromMs / 1_000) === dayOf(last.getTime() / 1_000)
          ? weekday.format(fromMs)
          : `${weekday.format(fromMs)} – ${weekday.format(last)}`;
      }
      const sameDay = dayOf(fromMs / 1_000) === dayOf(toMs / 1_000);
      return `${both(fromMs)} – ${sameDay ? time.format(toMs) : both(toMs)}`;
    },
  };
}

/** The day on the viewer's calendar. */
function dayOf(seconds: number): string {
  return new Date(seconds * 1_000).toDateString();
}

function isMidnight(ms: number): boolean {
  const date = new Date(ms);
  return date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
}
