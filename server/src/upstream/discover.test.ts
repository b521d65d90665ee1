import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { discoverLocalServers, findLocalServers } from './discover.ts';

const running: Server[] = [];

/** Starts a loopback server and gives its port. */
function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  running.push(server);
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('no port'));
    });
  });
}

const saying =
  (body: string, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  };

const list = (...ids: readonly unknown[]): string =>
  JSON.stringify({ object: 'list', data: ids.map((id) => ({ id })) });

afterEach(async () => {
  await Promise.all(
    running.splice(0).map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    ),
  );
});

describe('discoverLocalServers', () => {
  it('makes an upstream of every server that lists its models', async () => {
    const asked: (string | undefined)[] = [];
    const ollama = await listen((request, response) => {
      asked.push(request.url);
      response.end(list('llama3.2:latest', 'qwen3-coder'));
    });
    const lmstudio = await listen(saying(list('openai/gpt-oss-20b')));
    const found = await discoverLocalServers({
      servers: [
        { provider: 'ollama', port: ollama },
        { provider: 'lmstudio', port: lmstudio },
      ],
      answerMs: 5_000,
    });
    expect(asked).toEqual(['/v1/models']);
    expect(found.upstreams).toEqual([
      {
        id: 'ollama',
        provider: 'ollama',
        baseUrl: {
          'openai-chat': `http://127.0.0.1:${ollama}/v1`,
          'anthropic-messages': `http://127.0.0.1:${ollama}`,
          'openai-responses': `http://127.0.0.1:${ollama}/v1`,
        },
        models: ['llama3.2:latest', 'qwen3-coder'],
      },
      expect.objectContaining({ id: 'lmstudio', models: ['openai/gpt-oss-20b'] }),
    ]);
    expect(found.notices).toEqual([
      `Found Ollama on port ${ollama} (2 models).`,
      `Found LM Studio on port ${lmstudio} (1 model).`,
    ]);
  });

  it.each([
    ['a page', '<html>hello</html>'],
    ['other JSON', '{"object":"list"}'],
    ['a list of something else', '[{"id":"x"}]'],
    ['rows that are no list', '{"object":"list","data":{"id":"x"}}'],
    ['nothing', ''],
    ['a JSON null', 'null'],
  ])('takes a server that answers with %s for something else', async (_what, body) => {
    const port = await listen(saying(body));
    expect(await discoverLocalServers({ servers: [{ provider: 'vllm', port }], answerMs: 5_000 })).toEqual({
      upstreams: [],
      notices: [],
    });
  });

  it('takes a server that answers with an error or a redirect for something else', async () => {
    const refusing = await listen(saying(list('x'), 401));
    const moved = await listen((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${refusing}/` }).end(list('x'));
    });
    const servers = [
      { provider: 'vllm', port: refusing },
      { provider: 'llamacpp', port: moved },
    ];
    expect((await discoverLocalServers({ servers, answerMs: 5_000 })).upstreams).toEqual([]);
  });

  it('says that a server without models has none', async () => {
    const port = await listen(saying('{"object":"list","data":null}'));
    const found = await discoverLocalServers({ servers: [{ provider: 'ollama', port }], answerMs: 5_000 });
    expect(found).toEqual({
      upstreams: [],
      notices: [`Ollama runs on port ${port}, but has no models yet.`],
    });
  });

  it('takes over only names that can be model names', async () => {
    const port = await listen(saying(list('good', 'good', 7, null, '', 'gpt-*', 'a b', 'x'.repeat(500))));
    const found = await discoverLocalServers({ servers: [{ provider: 'vllm', port }], answerMs: 5_000 });
    expect(found.upstreams[0]?.models).toEqual(['good']);
  });

  it('stops reading an answer without an end', async () => {
    let stopped: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const port = await listen((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more).on('close', () => stopped?.());
      more();
    });
    const found = await discoverLocalServers({ servers: [{ provider: 'vllm', port }], answerMs: 10_000 });
    expect(found.upstreams).toEqual([]);
    await gone;
  });

  it('does not wait for a silent server, and does not miss the others because of it', async () => {
    const silent = await listen(() => undefined);
    const stalled = await listen((_request, response) => {
      response.write('{"object":');
    });
    const good = await listen(saying(list('m')));
    const servers = [silent, stalled, good].map((port) => ({ provider: 'vllm', port }));
    const found = await discoverLocalServers({ servers, answerMs: 300 });
    expect(found.notices).toEqual([`Found vLLM on port ${good} (1 model).`]);
  });

  it("never asks the gateway's own port, and survives a port where nobody listens", async () => {
    let asked = 0;
    const own = await listen((_request, response) => {
      asked++;
      response.end(list('m'));
    });
    const servers = [
      { provider: 'llamacpp', port: own },
      { provider: 'vllm', port: 1 },
    ];
    expect((await discoverLocalServers({ servers, gatewayPort: own })).upstreams).toEqual([]);
    expect(asked).toBe(0);
  });
});

describe('findLocalServers', () => {
  it('tells of servers that have no models, too, and of nobody else', async () => {
    const ollama = await listen(saying(list()));
    const vllm = await listen(saying(list('qwen')));
    const other = await listen(saying('{"hello":"world"}'));
    const servers = [
      { provider: 'ollama', port: ollama },
      { provider: 'vllm', port: vllm },
      { provider: 'llamacpp', port: other },
    ];
    const at = (port: number) => ({ port, origin: `http://127.0.0.1:${port}` });
    expect(await findLocalServers({ servers, answerMs: 5_000 })).toEqual([
      { provider: 'ollama', providerName: 'Ollama', ...at(ollama), models: [] },
      { provider: 'vllm', providerName: 'vLLM', ...at(vllm), models: ['qwen'] },
    ]);
  });

  it('neither follows a redirect nor reads an answer without an end', { timeout: 20_000 }, async () => {
    const asked: (string | undefined)[] = [];
    const target = await listen((request, response) => {
      asked.push(request.url);
      response.end(list('x'));
    });
    const moved = await listen((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${target}/v1/models` }).end();
    });
    const endless = await listen((_request, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        response.write(' '.repeat(64 * 1024), more);
      };
      more();
    });
    const servers = [moved, endless].map((port) => ({ provider: 'vllm', port }));
    expect(await findLocalServers({ servers, answerMs: 10_000 })).toEqual([]);
    expect(asked).toEqual([]);
  });
});
