import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { recordingTerminal, type Said } from '../../../test/kit/recording-terminal.ts';
import { serviceCommand } from './service.ts';
import type { Ended, Machine } from './service-machine.ts';

const SECRET = 'sk-test-not-to-be-seen';
const CONFIG = `{
  "server": { "port": 9555, "drainMs": 60000 },
  "upstreams": [{ "id": "a", "provider": "openai", "keys": ["\${OPENAI_API_KEY}"] }],
}`;

interface Setting {
  readonly home: string;
  /** What was run, one line each. */
  readonly ran: string[];
  unitFile: string;
  environmentFile: string;
  run(...args: string[]): Promise<Said>;
  files(): string[];
}

interface Besides extends Partial<Machine> {
  readonly config?: string;
  /** How commands end that begin like this; all others end well. */
  readonly endings?: Readonly<Record<string, Ended>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A machine with a systemd (or launchd) that does what it is told, and a gateway that answers once it was started. */
function setting({ config = CONFIG, endings = {}, env = {}, ...besides }: Besides = {}): Setting {
  const home = mkdtempSync(join(tmpdir(), 'sluice-os-'));
  const folder = join(home, '.config', 'sluice');
  mkdirSync(folder, { recursive: true });
  if (config !== '') writeFileSync(join(folder, 'sluice.jsonc'), config);
  const ran: string[] = [];
  let started = false;
  let loaded = false;
  const machine: Machine = {
    platform: 'linux',
    node: '/usr/bin/node',
    main: '/opt/sluice/dist/main.js',
    userId: 501,
    root: join(home, 'root'),
    run: (program, args) => {
      const line = [program, ...args].join(' ');
      ran.push(line);
      const ending = Object.entries(endings).find(([start]) => line.startsWith(start))?.[1];
      if (ending !== undefined) return Promise.resolve(ending);
      if (/enable --now|bootstrap| restart /.test(line)) started = loaded = true;
      if (/disable --now|bootout/.test(line)) started = loaded = false;
      if (/is-enabled|is-active|print gui\/501\//.test(line))
        return Promise.resolve({ code: loaded ? 0 : 3, output: loaded ? '\tstate = running' : '' });
      return Promise.resolve({ code: 0, output: '' });
    },
    answers: () => Promise.resolve(started),
    pause: () => Promise.resolve(),
    ...besides,
  };
  const linux = machine.platform === 'linux';
  return {
    home,
    ran,
    unitFile: linux
      ? join(home, '.config', 'systemd', 'user', 'sluice.service')
      : join(home, 'Library', 'LaunchAgents', 'sluice.gateway.plist'),
    environmentFile: join(folder, 'service.env'),
    run: async (...args) => {
      const { terminal, said } = recordingTerminal(home, { home, env });
      const program = new Command('sluice').addCommand(serviceCommand(terminal, () => machine));
      await program.parseAsync(['service', ...args], { from: 'user' });
      return said;
    },
    files: () =>
      readdirSync(home, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
        .sort(),
  };
}

const KEY = { OPENAI_API_KEY: SECRET };

describe('sluice service install', () => {
  test('16.3 writes the unit and the file of keys, starts it, and says so when the gateway answers', async () => {
    const { home, run, ran, unitFile, environmentFile } = setting({ env: KEY });
    const said = await run('install', '--env', 'OPENAI_API_KEY');
    expect([said.code, said.out]).toEqual([0, '']);
    expect(said.err).toContain('The gateway answers at http://127.0.0.1:9555.');
    expect(said.err).toContain('loginctl enable-linger');
    expect(ran).toEqual([
      'systemctl --user show --property=Version',
      'systemctl --user daemon-reload',
      'systemctl --user enable --now sluice.service',
    ]);
    const unit = readFileSync(unitFile, 'utf8');
    expect(unit).toContain(`serve --config ${home}/.config/sluice/sluice.jsonc\n`);
    expect(unit).toContain('TimeoutStopSec=75\n');
    expect(unit).toContain(`ReadWritePaths=-${home}/.local/share/sluice\n`);
    expect(statSync(join(home, '.local', 'share', 'sluice')).mode & 0o777).toBe(0o700);
    expect(readFileSync(environmentFile, 'utf8')).toContain(`\nOPENAI_API_KEY=${SECRET}\n`);
    expect(statSync(environmentFile).mode & 0o777).toBe(0o600);
    expect(`${unit}${said.err}`).not.toContain(SECRET);
  });

  test('a second time renews the unit, keeps the keys, and starts the gateway again', async () => {
    const { run, ran, environmentFile } = setting({ env: KEY });
    await run('install', '--env', 'OPENAI_API_KEY');
    ran.length = 0;
    expect((await run('install')).code).toBe(0);
    expect(ran.at(-1)).toBe('systemctl --user restart sluice.service');
    expect(readFileSync(environmentFile, 'utf8')).toContain(SECRET);
  });

  test('with --dry-run it prints everything but the keys, and does nothing', async () => {
    const { run, ran, files } = setting({ env: KEY });
    const said = await run('install', '--env', 'OPENAI_API_KEY', '--dry-run');
    expect(said.code).toBe(0);
    expect(said.out).toContain('ExecStart=/usr/bin/node /opt/sluice/dist/main.js serve');
    expect(said.out).toContain('# systemctl --user enable --now sluice.service');
    expect(said.out).toContain('OPENAI_API_KEY');
    expect(`${said.out}${said.err}`).not.toContain(SECRET);
    expect([ran, files()]).toEqual([[], ['sluice.jsonc']]);
  });

  test('refuses a configuration that refers to a variable which the system will not set', async () => {
    const { run, ran, files } = setting({ env: KEY });
    const said = await run('install');
    expect(said.code).toBe(1);
    expect(said.err).toContain('OPENAI_API_KEY');
    expect(said.err).toContain('--env NAME');
    expect([ran, files()]).toEqual([[], ['sluice.jsonc']]);
  });

  test('refuses a value that systemd and Node.js would read differently, without showing it', async () => {
    const { run, files } = setting({ env: { OPENAI_API_KEY: 'two words' } });
    const said = await run('install', '--env', 'OPENAI_API_KEY');
    expect(said.code).toBe(1);
    expect(said.err).not.toContain('two words');
    expect(files()).toEqual(['sluice.jsonc']);
  });

  test('refuses paths and names that would become settings of the unit', async () => {
    const injected = '/x\nExecStartPre=/bin/evil';
    const ofPath = setting({ env: { ...KEY, XDG_DATA_HOME: injected } });
    const said = await ofPath.run('install', '--env', 'OPENAI_API_KEY');
    expect([said.code, said.out]).toEqual([1, '']);
    expect(said.err).toContain('"/x ExecStartPre=/bin/evil');
    const name = 'A\nNODE_OPTIONS';
    const ofName = setting({ env: { ...KEY, [name]: '--require=/x' } });
    expect((await ofName.run('install', '--env', name)).err).toContain('is no name of a variable');
    for (const { files, ran } of [ofPath, ofName]) expect([files(), ran]).toEqual([['sluice.jsonc'], []]);
  });

  test('writes nothing where systemd does not run', async () => {
    const { run, files } = setting({
      env: KEY,
      endings: { 'systemctl --user show': { code: 1, output: 'Failed to connect to bus' } },
    });
    const said = await run('install', '-e', 'OPENAI_API_KEY');
    expect(said.code).toBe(1);
    expect(said.err).toContain('Failed to connect to bus');
    expect(files()).toEqual(['sluice.jsonc']);
  });

  test('writes nothing while another gateway answers at its address', async () => {
    const { run, files } = setting({ env: KEY, answers: () => Promise.resolve(true) });
    const said = await run('install', '-e', 'OPENAI_API_KEY');
    expect(said.err).toContain('Another gateway answers at http://127.0.0.1:9555 already.');
    expect([said.code, files()]).toEqual([1, ['sluice.jsonc']]);
  });

  test('says where the reason is to be found when the system cannot start it, or it does not answer', async () => {
    const refused = setting({
      env: KEY,
      endings: { 'systemctl --user enable': { code: 1, output: 'Job failed.' } },
    });
    const first = await refused.run('install', '-e', 'OPENAI_API_KEY');
    expect([first.code, first.err.includes('Job failed.'), first.err.includes('journalctl --user')]).toEqual([
      1,
      true,
      true,
    ]);
    const silent = setting({ env: KEY, answers: () => Promise.resolve(false) });
    const second = await silent.run('install', '-e', 'OPENAI_API_KEY');
    expect([second.code, second.err.includes('--no-sandbox')]).toEqual([1, true]);
  });

  test('warns of a Sluice or a Node.js that may be gone tomorrow', async () => {
    const { run } = setting({
      env: KEY,
      main: '/home/ann/.npm/_npx/0a1b/node_modules/sluice/dist/main.js',
      node: '/home/ann/.nvm/versions/node/v22.1.0/bin/node',
    });
    const { err } = await run('install', '-e', 'OPENAI_API_KEY');
    expect(err).toContain('npm install -g sluice');
    expect(err).toContain('version manager');
  });

  test('for the whole machine it asks for root, a user and a configuration', async () => {
    const bare = setting();
    expect((await bare.run('install', '--system')).err).toContain('--run-as');
    expect((await bare.run('install', '--system', '--run-as', 'ann')).err).toContain(
      '/etc/sluice/sluice.jsonc',
    );
    const file = join(bare.home, '.config', 'sluice', 'sluice.jsonc');
    const full = ['install', '--system', '--run-as', 'ann', '--config', file, '--env', 'OPENAI_API_KEY'];
    expect((await setting({ env: KEY }).run(...full)).err).toContain('sudo');
    const root = setting({ env: { ...KEY, SUDO_USER: 'ann' }, userId: 0 });
    const said = await root.run('install', '--system', '--config', file, '--env', 'OPENAI_API_KEY');
    expect([said.code, root.ran.at(-1)]).toEqual([0, 'systemctl enable --now sluice.service']);
    const unit = readFileSync(join(root.home, 'root', 'etc', 'systemd', 'system', 'sluice.service'), 'utf8');
    expect(unit).toContain('User=ann\n');
    expect(unit).toContain('ReadWritePaths=-/var/lib/sluice\n');
    expect(existsSync(join(root.home, 'root', 'etc', 'sluice', 'service.env'))).toBe(true);
  });

  test('on macOS it loads an agent, and lets an older one go first', async () => {
    const { run, ran, unitFile } = setting({ env: KEY, platform: 'darwin' });
    expect((await run('install', '-e', 'OPENAI_API_KEY')).code).toBe(0);
    expect(ran).toEqual([
      'launchctl print gui/501',
      'launchctl enable gui/501/sluice.gateway',
      `launchctl bootstrap gui/501 ${unitFile}`,
    ]);
    ran.length = 0;
    expect((await run('install')).code).toBe(0);
    expect(ran.filter((line) => !line.includes('print'))).toEqual([
      'launchctl bootout gui/501/sluice.gateway',
      'launchctl enable gui/501/sluice.gateway',
      `launchctl bootstrap gui/501 ${unitFile}`,
    ]);
    expect((await run('install', '--system')).err).toContain('Leave out --system');
  });

  test('16.9 on Windows it names the Task Scheduler and fails', async () => {
    const { run, ran } = setting({ platform: 'win32' });
    const said = await run('install');
    expect([said.code, ran]).toEqual([1, []]);
    expect(said.err).toContain('Task Scheduler');
  });
});

describe('sluice service status', () => {
  test('says of the unit, the system and the gateway how they are, with exit code 0 only when all is well', async () => {
    const { run, unitFile } = setting({ env: KEY });
    const before = await run('status');
    expect(before.code).toBe(1);
    expect(before.out).toContain(`✘ unit file ${unitFile} is not there`);
    await run('install', '-e', 'OPENAI_API_KEY');
    const after = await run('status');
    expect([after.code, after.out]).toEqual([
      0,
      `✔ unit file ${unitFile}\n✔ enabled   yes\n✔ active    yes\n✔ gateway   answers at http://127.0.0.1:9555\n`,
    ]);
    const { out } = await run('status', '--json');
    expect(JSON.parse(out)).toEqual({
      unitFile,
      installed: true,
      enabled: true,
      active: true,
      origin: 'http://127.0.0.1:9555',
      answers: true,
    });
  });

  test('asks where the configuration of the unit says, also when it was another file', async () => {
    for (const platform of ['linux', 'darwin'] as const) {
      const { home, run } = setting({ platform });
      const file = join(home, 'a & "b" $c 5%.jsonc');
      writeFileSync(
        file,
        '{ "server": { "port": 9666 }, "upstreams": [{ "id": "o", "provider": "ollama" }] }',
      );
      expect((await run('install', '--config', file)).code).toBe(0);
      expect((await run('status')).out).toContain('http://127.0.0.1:9666');
    }
  });
});

describe('sluice service uninstall', () => {
  test('16.3 leaves no trace of what install wrote, and touches nothing else', async () => {
    for (const platform of ['linux', 'darwin'] as const) {
      const { home, run, ran, files } = setting({ env: KEY, platform });
      await run('install', '-e', 'OPENAI_API_KEY');
      expect(files()).toHaveLength(3);
      ran.length = 0;
      expect((await run('uninstall')).code).toBe(0);
      expect(files()).toEqual(['sluice.jsonc']);
      expect(readdirSync(join(home, '.config'))).toEqual(['sluice']);
      expect(ran[0]).toBe(
        platform === 'linux'
          ? 'systemctl --user disable --now sluice.service'
          : 'launchctl bootout gui/501/sluice.gateway',
      );
      expect((await run('uninstall')).err).toContain('nothing to take away');
    }
  });

  test('with --keep-env the keys stay, and with --dry-run everything does', async () => {
    const { run, files, ran } = setting({ env: KEY });
    await run('install', '-e', 'OPENAI_API_KEY');
    ran.length = 0;
    expect((await run('uninstall', '--dry-run')).out).toContain('# remove ');
    expect([ran, files().length]).toEqual([[], 3]);
    await run('uninstall', '--keep-env');
    expect(files()).toEqual(['service.env', 'sluice.jsonc']);
  });

  test('removes nothing while the system cannot stop it', async () => {
    const { run, files } = setting({
      env: KEY,
      endings: { 'systemctl --user disable': { code: 1, output: 'denied' } },
    });
    await run('install', '-e', 'OPENAI_API_KEY');
    const said = await run('uninstall');
    expect([said.code, files().length]).toEqual([1, 3]);
    expect(said.err).toContain('denied');
  });
});
