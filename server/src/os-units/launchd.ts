// The text of a launchd property list, for an agent of a user. Keys: launchd.plist(5).

import { serveArguments, stopSeconds, type UnitFacts } from './facts.ts';

/** The name by which launchd knows it. */
export const LAUNCHD_LABEL = 'sluice.gateway';

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** The property list. */
export function launchdList(facts: UnitFacts): string {
  const { node, main, environmentFile, environment, workingFolder, outputFile } = facts;
  const list: Value = {
    Label: LAUNCHD_LABEL,
    // launchd knows no file of variables, and a property list is no place for keys: Node.js reads them.
    ProgramArguments: [node, `--env-file=${environmentFile}`, main, ...serveArguments(facts)],
    WorkingDirectory: workingFolder,
    ...(Object.keys(environment).length === 0 ? {} : { EnvironmentVariables: environment }),
    RunAtLoad: true,
    // Started again unless it ended well.
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 10,
    ExitTimeOut: stopSeconds(facts),
    Umask: 0o77,
    StandardOutPath: outputFile,
    StandardErrorPath: outputFile,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by "sluice service install"; "sluice service uninstall" takes it away. -->
<plist version="1.0">
${xml(list, '')}
</plist>
`;
}

function xml(value: Value, indent: string): string {
  if (typeof value === 'boolean') return `${indent}<${value}/>`;
  if (typeof value === 'number') return `${indent}<integer>${value}</integer>`;
  if (typeof value === 'string') return `${indent}<string>${escaped(value)}</string>`;
  const deeper = `${indent}  `;
  if (isList(value))
    return [`${indent}<array>`, ...value.map((item) => xml(item, deeper)), `${indent}</array>`].join('\n');
  const members = Object.entries(value).flatMap(([key, item]) => [
    `${deeper}<key>${escaped(key)}</key>`,
    xml(item, deeper),
  ]);
  return [`${indent}<dict>`, ...members, `${indent}</dict>`].join('\n');
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
