// The text of a systemd unit, for a user or for the whole machine. Options: systemd.unit(5), systemd.exec(5),
// systemd.service(5).

import { serveArguments, stopSeconds, type UnitFacts } from './facts.ts';

/** The name of the unit. */
export const SYSTEMD_UNIT = 'sluice.service';

/** Its text. Every path may hold spaces and signs. */
export function systemdUnit(facts: UnitFacts): string {
  const command = [facts.node, facts.main, ...serveArguments(facts)].map(commandWord).join(' ');
  const forAll = facts.system !== undefined;
  const lines = [
    '# Written by "sluice service install"; "sluice service uninstall" takes it away.',
    '[Unit]',
    'Description=Sluice, the LLM gateway',
    // The manager of a user knows no network target.
    ...(forAll ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '# Five failed starts within a minute are enough to know that another one changes nothing.',
    'StartLimitIntervalSec=60',
    'StartLimitBurst=5',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${command}`,
    'ExecReload=/bin/kill -HUP $MAINPID',
    `WorkingDirectory=${specifiers(facts.workingFolder)}`,
    ...Object.entries(facts.environment).map(([name, value]) => `Environment=${word(`${name}=${value}`)}`),
    `EnvironmentFile=-${specifiers(facts.environmentFile)}`,
    ...(facts.system === undefined
      ? []
      : [`User=${facts.system.user}`, 'StateDirectory=sluice', 'StateDirectoryMode=0700']),
    'Restart=on-failure',
    'RestartSec=2',
    '# Exchanges in flight may finish; the main process alone is told.',
    'KillMode=mixed',
    `TimeoutStopSec=${stopSeconds(facts)}`,
    'UMask=0077',
    'NoNewPrivileges=yes',
    ...(facts.sandbox ? sandbox(facts) : []),
    '',
    '[Install]',
    `WantedBy=${forAll ? 'multi-user.target' : 'default.target'}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** MemoryDenyWriteExecute is missing on purpose: JavaScript is compiled while it runs. */
function sandbox({ writableFolders, system }: UnitFacts): string[] {
  return [
    // Without it the manager of a user may not close anything.
    ...(system === undefined ? ['PrivateUsers=yes'] : []),
    'ProtectSystem=strict',
    ...writableFolders.map((folder) => `ReadWritePaths=${word(`-${folder}`)}`),
    'PrivateTmp=yes',
    'LockPersonality=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'SystemCallArchitectures=native',
    ...(system === undefined
      ? []
      : [
          'CapabilityBoundingSet=',
          'PrivateDevices=yes',
          'ProtectClock=yes',
          'ProtectControlGroups=yes',
          'ProtectHostname=yes',
          'ProtectKernelLogs=yes',
          'ProtectKernelModules=yes',
          'ProtectKernelTunables=yes',
          'RestrictNamespaces=yes',
        ]),
  ];
}

/** "%" begins a specifier everywhere. */
function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

/** One word of a setting that is a list. */
function word(text: string): string {
  const escaped = specifiers(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return /[\s"'\\;]/.test(text) ? `"${escaped}"` : escaped;
}

/** One word of a command line, in which "$" begins a variable too. */
function commandWord(text: string): string {
  return word(text).replaceAll('$', '$$$$');
}
