// Writes server-sent events.

const LINE_END = /\r\n|\r|\n/g;

/** One complete event, blank line included. Data with line ends becomes several data lines; `event` must be one line. */
export function formatEvent(data: string, event?: string): string {
  const lines = `data: ${data.replace(LINE_END, '\ndata: ')}\n\n`;
  return event === undefined || event === '' ? lines : `event: ${event}\n${lines}`;
}
