// Waits until something is so that only a question over the network can tell.

/** Asks again and again; fails after fifteen seconds. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error('It never came to that.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
