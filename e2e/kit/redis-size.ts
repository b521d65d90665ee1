// What a Redis server holds, asked without a library.

import { connect } from 'node:net';

/** How many keys the server on this port of this machine holds. */
export function redisSize(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('DBSIZE\r\n'));
    socket.once('error', reject).once('data', (data) => {
      socket.destroy();
      resolve(Number(/^:(\d+)/.exec(String(data))?.[1]));
    });
  });
}
