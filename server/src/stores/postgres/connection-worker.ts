// The thread of one connection.

import * as threads from 'node:worker_threads';
import pg from 'pg';
import { serveConnection } from './serve-connection.ts';

serveConnection({ pg, threads });
