import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENT_START, isPlainValue, variablesOf, withVariables } from './environment-text.ts';
import { type UnitFacts, unwritableIn } from './facts.ts';
import { launchdList } from './launchd.ts';
import { systemdUnit } from './systemd.ts';

const facts: UnitFacts = {
  node: '/usr/bin/node',
  main: '/opt/sluice/dist/main.js',
  config: '/home/ann/.config/sluice/sluice.jsonc',
  workingFolder: '/home/ann/.config/sluice',
  writableFolders: ['/home/ann/.local/share/sluice', '/home/ann/.config/sluice'],
  environmentFile: '/home/ann/.config/sluice/service.env',
  environment: {},
  system: undefined,
  drainMs: 30_000,
  sandbox: true,
  outputFile: '/Users/ann/Library/Logs/sluice/sluice.log',
};

/** A path with everything that some reader takes for something else. */
const STRANGE = `/srv/a b/100%/"q"/$HOME/back\\slash/it's;x`;

describe('the unit of systemd', () => {
  test('16.3 starts the gateway of a user, restarts it after a failure, and closes all but its own folders to it', () => {
    expect(
      systemdUnit(facts),
    ).toBe(`# Written by "sluice service install"; "sluice service uninstall" takes it away.
[Unit]
Description=Sluice, the LLM gateway
# Five failed starts within a minute are enough to know that another one changes nothing.
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=exec
ExecStart=/usr/bin/node /opt/sluice/dist/main.js serve --config /home/ann/.config/sluice/sluice.jsonc
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory=/home/ann/.config/sluice
EnvironmentFile=-/home/ann/.config/sluice/service.env
Restart=on-failure
RestartSec=2
# Exchanges in flight may finish; the main process alone is told.
KillMode=mixed
TimeoutStopSec=45
UMask=0077
NoNewPrivileges=yes
PrivateUsers=yes
ProtectSystem=strict
ReadWritePaths=-/home/ann/.local/share/sluice
ReadWritePaths=-/home/ann/.config/sluice
PrivateTmp=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native

[Install]
WantedBy=default.target
`);
  });

  test('for the whole machine it waits for the network, has a user and a folder of its own, and no privilege', () => {
    const unit = systemdUnit({
      ...facts,
      system: { user: 'ann' },
      environment: { XDG_DATA_HOME: '/var/lib' },
    });
    for (const line of [
      'After=network-online.target',
      'User=ann',
      'StateDirectory=sluice',
      'Environment=XDG_DATA_HOME=/var/lib',
      'CapabilityBoundingSet=',
      'WantedBy=multi-user.target',
    ])
      expect(unit.split('\n')).toContain(line);
    expect(unit).not.toContain('PrivateUsers');
  });

  test('without a sandbox it still may not gain privileges', () => {
    const unit = systemdUnit({ ...facts, sandbox: false });
    expect(unit).not.toMatch(/ProtectSystem|PrivateUsers|PrivateTmp/);
    expect(unit).toContain('NoNewPrivileges=yes');
  });

  test('waits for as long as the drain takes, and longer', () => {
    expect(systemdUnit({ ...facts, drainMs: 120_500 })).toContain('TimeoutStopSec=136\n');
  });

  test('quotes what would be read as something else', () => {
    const unit = systemdUnit({ ...facts, main: STRANGE, config: undefined, writableFolders: [STRANGE] });
    expect(unit).toContain(
      `ExecStart=/usr/bin/node "/srv/a b/100%%/\\"q\\"/$$HOME/back\\\\slash/it's;x" serve\n`,
    );
    expect(unit).toContain(`ReadWritePaths="-/srv/a b/100%%/\\"q\\"/$HOME/back\\\\slash/it's;x"\n`);
  });

  const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  if (!analyze)
    process.stderr.write('SKIPPED: systemd-analyze is not installed, so systemd did not judge the units.\n');
  for (const [name, system] of [
    ['of a user', undefined],
    ['of the whole machine', { user: 'root' }],
  ] as const)
    test.skipIf(!analyze)(`systemd itself finds nothing to complain about in the unit ${name}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'sluice-unit '));
      const main = join(folder, 'a 100% "main".js');
      writeFileSync(main, '', { mode: 0o755 });
      mkdirSync(join(folder, 'run'));
      const unit = join(folder, 'sluice.service');
      writeFileSync(
        unit,
        systemdUnit({
          ...facts,
          node: process.execPath,
          main,
          config: main,
          workingFolder: folder,
          writableFolders: [folder, STRANGE],
          system,
        }),
      );
      const judged = spawnSync('systemd-analyze', ['verify', ...(system ? [] : ['--user']), unit], {
        encoding: 'utf8',
        env: { ...process.env, XDG_RUNTIME_DIR: join(folder, 'run') },
      });
      rmSync(folder, { recursive: true });
      // It also speaks of units of this machine, which are not ours.
      const ours = `${judged.stdout}${judged.stderr}`.split('\n').filter((line) => line.includes('sluice'));
      expect(ours).toEqual([]);
      expect(judged.stderr).not.toContain('Failed to initialize manager');
    });
});

describe('what no description can hold', () => {
  test.each<[string, Partial<UnitFacts>]>([
    ['/home/ann/x\nExecStartPre=/bin/evil', { config: '/home/ann/x\nExecStartPre=/bin/evil' }],
    ['/srv/a\rb', { main: '/srv/a\rb' }],
    ['/srv/\u0000', { node: '/srv/\u0000' }],
    ['/srv/end\\', { workingFolder: '/srv/end\\' }],
    ['/srv/end ', { writableFolders: ['/srv', '/srv/end '] }],
    ['/x\nUser=root', { environment: { XDG_DATA_HOME: '/x\nUser=root' } }],
  ])('is found: %j', (text, part) => {
    expect(unwritableIn({ ...facts, ...part })).toBe(text);
  });

  test('is no space, quote or sign within a path', () => {
    expect(
      unwritableIn({ ...facts, main: STRANGE, config: STRANGE, environment: { A: STRANGE } }),
    ).toBeUndefined();
  });
});

describe('the property list of launchd', () => {
  test('16.3 starts the gateway at log-in, and again unless it ended well', () => {
    expect(
      launchdList({ ...facts, environment: { XDG_DATA_HOME: '/Users/ann/a & <b>' } }),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by "sluice service install"; "sluice service uninstall" takes it away. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>sluice.gateway</string>
  <key>ProgramArguments</key>
  <array>
    <string>/usr/bin/node</string>
    <string>--env-file=/home/ann/.config/sluice/service.env</string>
    <string>/opt/sluice/dist/main.js</string>
    <string>serve</string>
    <string>--config</string>
    <string>/home/ann/.config/sluice/sluice.jsonc</string>
  </array>
  <key>WorkingDirectory</key>
  <string>/home/ann/.config/sluice</string>
  <key>EnvironmentVariables</key>
  <dict>
    <key>XDG_DATA_HOME</key>
    <string>/Users/ann/a &amp; &lt;b&gt;</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>45</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>/Users/ann/Library/Logs/sluice/sluice.log</string>
  <key>StandardErrorPath</key>
  <string>/Users/ann/Library/Logs/sluice/sluice.log</string>
</dict>
</plist>
`);
  });
});

describe('the file of variables', () => {
  test('gets new values, and keeps what else a person wrote', () => {
    const before = `# mine\nA=1\n B = old\n\nC="kept"\n`;
    const after = withVariables(before, { B: 'sk-1', D: 'sk-2' });
    expect(after).toBe('# mine\nA=1\n\nC="kept"\nB=sk-1\nD=sk-2\n');
    expect(variablesOf(after)).toEqual({ A: '1', B: 'sk-1', C: 'kept', D: 'sk-2' });
    expect(variablesOf(ENVIRONMENT_START)).toEqual({});
  });

  test('takes only values that systemd and Node.js read alike', () => {
    for (const good of ['sk-proj_AbC-123', 'http://u:p@proxy:3128/?a=b&c', 'a,b,c', 'pa$$word'])
      expect([good, isPlainValue(good)]).toEqual([good, true]);
    for (const bad of ['', 'a b', 'a"b', "a'b", 'a\\b', 'a#b', 'a\nB=c', 'a`b', 'ä'])
      expect([bad, isPlainValue(bad)]).toEqual([bad, false]);
  });

  test('Node.js reads back what was written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-env-'));
    const file = join(folder, 'service.env');
    const values = { A: 'http://u:p@h:1/?a=b&c%20', B: 'x,y', C: 'pa$$w(o)r{d}!*~^|<>' };
    writeFileSync(file, withVariables(ENVIRONMENT_START, values));
    const read = spawnSync(
      process.execPath,
      [`--env-file=${file}`, '-p', 'JSON.stringify([process.env.A, process.env.B, process.env.C])'],
      { encoding: 'utf8', env: {} },
    );
    rmSync(folder, { recursive: true });
    expect(JSON.parse(read.stdout)).toEqual(Object.values(values));
  });
});
