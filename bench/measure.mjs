// Reads what a process tree has used: CPU time in nanoseconds and resident memory in bytes, from /proc.

import { readdirSync, readFileSync } from 'node:fs';

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process or thread has ended.
    return '';
  }
}

/** The process and all its descendants. */
export function treeOf(root) {
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = /\) \S (\d+)/.exec(read(`/proc/${entry}/stat`))?.[1];
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), entry]);
  }
  const tree = [];
  const queue = [String(root)];
  while (queue.length > 0) {
    const pid = queue.shift();
    tree.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return tree;
}

/** CPU time of a tree, all threads, in nanoseconds. */
export function cpuNs(root) {
  let total = 0;
  for (const pid of treeOf(root)) {
    let tasks = [];
    try {
      tasks = readdirSync(`/proc/${pid}/task`);
    } catch {
      continue;
    }
    for (const task of tasks) total += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0] || 0);
  }
  return total;
}

/** Resident memory of a tree in bytes. */
export function rssBytes(root) {
  let total = 0;
  for (const pid of treeOf(root))
    total += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
  return total;
}

/** Middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
