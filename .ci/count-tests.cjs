// Prints the counts of vitest's JSON reports as the last line; exit status 1 unless all of at least
// one test passed. Plain JavaScript: it runs on whatever Node the machine has.
'use strict';

const { readFileSync } = require('node:fs');

const MOST_OF_REASON = 3_000;

const testResults = process.argv
  .slice(2)
  .flatMap((report) => JSON.parse(readFileSync(report, 'utf8')).testResults);
const tests = testResults.flatMap((file) => file.assertionResults);
const passed = tests.filter(({ status }) => status === 'passed');
const failed = tests.filter(({ status }) => status === 'failed');
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');

// A file that could not be loaded has no tests in it to fail, so it counts as one.
const broken = testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);

for (const { name } of broken) process.stderr.write(`ci: failed to run: ${name}\n`);
// At the end, where they are found: between a failure and here may be the output of thousands of tests.
for (const { fullName, failureMessages } of failed) {
  const [reason = ''] = failureMessages;
  process.stderr.write(`ci: failed: ${fullName}\n${reason.slice(0, MOST_OF_REASON)}\n`);
}
for (const { fullName } of skipped) process.stderr.write(`ci: skipped: ${fullName}\n`);

const failures = failed.length + broken.length;
process.exitCode = failures === 0 && skipped.length === 0 && passed.length > 0 ? 0 : 1;
process.stdout.write(`${passed.length} passed, ${failures} failed, ${skipped.length} skipped\n`);
