// Takes a stream apart as strictly as a client may: every event complete, nothing between the events.

/** Name ('' for none) and data of each event. Comments are left out; anything else that is no field is an error. */
export function sseEvents(text: string): (readonly [string, string])[] {
  if (text !== '' && !/(\r\n\r\n|\n\n)$/.test(text))
    throw new Error('The stream does not end with a whole event.');
  const blocks = text.split(/\r\n\r\n|\n\n/).filter((block) => block !== '');
  return blocks.map(eventOf).filter((event) => event !== undefined);
}

function eventOf(block: string): readonly [string, string] | undefined {
  let name = '';
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n/)) {
    if (line.startsWith('event: ')) name = line.slice('event: '.length);
    else if (line.startsWith('data: ')) data.push(line.slice('data: '.length));
    else if (!line.startsWith(':')) throw new Error(`No line of an event: ${JSON.stringify(line)}`);
  }
  return data.length === 0 ? undefined : [name, data.join('\n')];
}
