// Counts what the test runner reports, and words the line that a run ends with.

/**
 * The part of Vitest's JSON report that is read here.
 * @typedef {{
 *   numPassedTests: number,
 *   numFailedTests: number,
 *   numPendingTests: number,
 *   numTodoTests: number,
 *   testResults: readonly { status: string, assertionResults: readonly unknown[] }[],
 * }} Report
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

/**
 * Counts a test run. A file that could not be loaded counts as one failure, and so does a run that failed in a way its
 * report does not show: an error outside every test, or no report at all.
 * @param {Report | undefined} report
 * @param {number} exitCode of the test runner
 * @returns {Tally}
 */
export function tallyOf(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * The last line of `npm test`: "N passed, N failed", and ", N skipped" where some were. A failed check counts as one failure.
 * @param {Tally} tally
 * @param {number} failedChecks
 * @returns {string}
 */
export function closingLine({ passed, failed, skipped }, failedChecks) {
  const line = `${passed} passed, ${failed + failedChecks} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
