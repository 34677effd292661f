/** What failed, from the reports that the test runners write: one line for each failed test. */
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{ fullName: string, status: string, failureMessages: string[] }} VitestResult
 * @typedef {{ name: string, message: string, status: string, assertionResults: VitestResult[] }} VitestFile
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {VitestFile[]} testResults
 *
 * @typedef {{ message?: string }} PlaywrightError
 * @typedef {{ status: string, results: { errors: PlaywrightError[] }[] }} PlaywrightTest
 * @typedef {{ title: string, file: string, line: number, tests: PlaywrightTest[] }} PlaywrightSpec
 * @typedef {{ specs?: PlaywrightSpec[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 * @typedef {object} PlaywrightReport
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 * @property {PlaywrightSuite[]} suites
 * @property {PlaywrightError[]} errors
 */

/**
 * @param {VitestReport | undefined} report
 * @param {string} root files are named relative to it
 * @returns {string[]}
 */
export function failuresOfVitest(report, root) {
  return (report?.testResults ?? []).flatMap(({ name, message, status, assertionResults }) => {
    const file = path.relative(root, name);
    const failed = assertionResults
      .filter((each) => each.status === 'failed')
      .map((each) => lineOf(file, each.fullName, each.failureMessages[0]));
    // A file that cannot be loaded has no tests.
    return status === 'failed' && failed.length === 0 ? [lineOf(file, '', message)] : failed;
  });
}

/**
 * @param {PlaywrightReport | undefined} report
 * @returns {string[]}
 */
export function failuresOfPlaywright(report) {
  /** @param {PlaywrightSuite} suite @returns {PlaywrightSpec[]} */
  const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
  const tests = (report?.suites ?? []).flatMap(specsOf).flatMap((spec) =>
    spec.tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => {
        const error = results.flatMap(({ errors }) => errors)[0];
        return lineOf(`${spec.file}:${spec.line}`, spec.title, error?.message);
      }),
  );
  return [...tests, ...(report?.errors ?? []).map(({ message }) => lineOf('playwright', '', message))];
}

/**
 * @param {string} place
 * @param {string} name
 * @param {string | undefined} message
 */
function lineOf(place, name, message = '') {
  // The first line of a message often says only which check failed; the next ones what was expected and found.
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at '));
  return [place, name, lines.slice(0, 4).join(' / ')].filter((part) => part !== '').join(' · ');
}
