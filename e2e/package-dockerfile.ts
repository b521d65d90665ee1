// Builds the container image without a container engine: reads the Dockerfile, and does in plain folders what its steps
// say, with the machine's own Node.js. What the engine adds (isolation, the base image) is not tested by that.

import { cp, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ownEnvironment, run } from './kit/program.ts';

/** One instruction: `COPY --from=build /a b` is name COPY, flags { from: 'build' }, rest "/a b". */
export interface Instruction {
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly rest: string;
}

/** From one FROM to the next. */
export interface Stage {
  readonly name: string;
  readonly image: string;
  /** "$BUILDPLATFORM" where it runs on the machine that builds, whatever the image is for. */
  readonly platform: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile. */
export function readDockerfile(text: string): Stage[] {
  const lines = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, '');
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of lines.split('\n')) {
    const match = /^([A-Z]+)\s+((?:--[a-z-]+=\S+\s+)*)(.+)$/.exec(line.trim());
    if (match === null) {
      if (line.trim() !== '') throw new Error(`Not an instruction: ${line}`);
      continue;
    }
    const [, name = '', flagText = '', rest = ''] = match;
    const flags = Object.fromEntries(
      [...flagText.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, flag = '', value = '']) => [flag, value]),
    );
    if (name === 'FROM') {
      const [image = '', , alias = ''] = rest.split(/\s+/);
      stages.push({ name: alias, image, platform: flags['platform'], instructions: [] });
    } else stages.at(-1)?.instructions.push({ name, flags, rest });
  }
  return stages;
}

/** The instructions of a stage with a name. */
export function instructionsOf(stage: Stage | undefined, name: string): Instruction[] {
  return (stage?.instructions ?? []).filter((instruction) => instruction.name === name);
}

/** The variables that a stage sets for what runs in it. */
export function variablesOf(stage: Stage | undefined): Record<string, string> {
  return Object.fromEntries(
    instructionsOf(stage, 'ENV').flatMap(({ rest }) =>
      rest.split(/\s+/).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
  );
}

/** Whether a .dockerignore keeps a path (relative, with slashes) out of the build. The last line that fits counts. */
export function ignoredBy(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const wanted = line.startsWith('!');
      const pattern = (wanted ? line.slice(1) : line)
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*\*\/|\*/g, (part) => (part === '*' ? '[^/]*' : '(?:.*/)?'));
      return { wanted, fits: new RegExp(`^${pattern}(?:/|$)`) };
    });
  return (path) => {
    let ignored = false;
    for (const { wanted, fits } of rules) if (fits.test(path)) ignored = !wanted;
    return ignored;
  };
}

/** Every file of a folder that reaches the build. */
export async function contextOf(root: string, ignored: (path: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      // A folder is looked into also where it is ignored, for a file in it may be wanted; but never into these.
      if (entry.isDirectory() && !/^(?:node_modules|\.git|dist)$/.test(entry.name)) await look(path);
      else if (entry.isFile() && !ignored(path)) found.push(path);
    }
  };
  await look('');
  return found;
}

/** Does the steps of all stages; `place/<stage>` is the root of each, and `place/image` that of the last. */
export async function buildStages(
  stages: readonly Stage[],
  place: string,
  context: string,
  limitMs: number,
): Promise<void> {
  for (const stage of stages) {
    const root = join(place, stage.name || 'image');
    let folder = root;
    await mkdir(root, { recursive: true });
    for (const { name, flags, rest } of stage.instructions) {
      if (name === 'WORKDIR') {
        folder = join(root, rest);
        await mkdir(folder, { recursive: true });
      } else if (name === 'COPY') {
        const from = flags['from'] === undefined ? context : join(place, flags['from']);
        await copy(from, rest.split(/\s+/), root, folder);
      } else if (name === 'RUN') {
        const env = { ...ownEnvironment(), ...variablesOf(stage) };
        const { code, stdout, stderr } = await run('sh', ['-c', rest], { cwd: folder, env }, limitMs);
        if (code !== 0) throw new Error(`RUN ${rest} ended with ${code}:\n${stdout}${stderr}`);
      }
    }
  }
}

/** The last of `paths` is the target: in `root` where it is absolute, else in `folder`. */
async function copy(from: string, paths: readonly string[], root: string, folder: string): Promise<void> {
  const target = paths.at(-1) ?? '';
  const into = target.startsWith('/') ? join(root, target) : join(folder, target);
  const options = { recursive: true, verbatimSymlinks: true };
  for (const source of paths.slice(0, -1)) {
    const path = join(from, source);
    // As Docker has it: the content of a folder, or a file under its own name where the target ends with a slash.
    if (source !== '.' && target.endsWith('/') && (await isFile(path))) {
      await mkdir(into, { recursive: true });
      await cp(path, join(into, basename(path)), options);
    } else {
      await mkdir(dirname(into), { recursive: true });
      await cp(path, into, options);
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => undefined)) === undefined;
}
