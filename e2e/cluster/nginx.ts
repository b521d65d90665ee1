// nginx in front of the instances: round robin, without buffering, as docs/guide/deployment.md says.

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolated } from '../kit/gateway.ts';
import { start } from '../kit/program.ts';
import { until } from '../kit/until.ts';

/** A running balancer. */
export interface Balancer {
  readonly origin: string;
  stop(): Promise<void>;
}

/** For how long an instance that refused a connection is left alone. */
export const FAIL_TIMEOUT_MS = 2_000;

/** Where Debian puts it; /usr/sbin is not on every PATH. */
const PLACES = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'];

/** The program, where there is one. */
export function findNginx(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}

/** Starts nginx in front of the ports. */
export async function startNginx(
  program: string,
  port: number,
  instances: readonly number[],
): Promise<Balancer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-nginx-'));
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port, instances));
  const nginx = start(program, ['-p', folder, '-e', join(folder, 'error.log'), '-c', file], isolated(folder));
  const origin = `http://127.0.0.1:${port}`;
  await until(
    async () => ((await fetch(origin).catch(() => undefined)) === undefined ? undefined : true),
    () => `nginx does not answer: ${nginx.stderr()}`,
  );
  return {
    origin,
    stop: async () => {
      nginx.signal('SIGQUIT');
      await nginx.ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A request that an instance has died over is not sent to another: it may have been paid for already. */
function configuration(folder: string, port: number, instances: readonly number[]): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${paths.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  upstream gateways {
    ${instances.map((instance) => `server 127.0.0.1:${instance} max_fails=1 fail_timeout=${FAIL_TIMEOUT_MS / 1_000}s;`).join('\n    ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host localhost;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}
