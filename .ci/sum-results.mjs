// Sums the reports of all suites: node sum-results.mjs FOLDER
//
// FOLDER holds STEP.json of each suite and failed-steps, a name a line. A failed step whose report shows no failure (a type
// error, a runner that crashed, fewer conforming entries than required) counts as one. Tests that failed are named once more,
// each with the beginning of what was wrong.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const failedSteps = new Set(readIfThere("failed-steps").split("\n").filter(Boolean));
const MESSAGE_CHARACTERS = 600;
let passed = 0;
let failed = 0;

function readIfThere(name) {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith(".json")) continue;
  const step = name.slice(0, -".json".length);
  const report = JSON.parse(readIfThere(name));
  const counts = countsOf(report);
  for (const problem of problemsOf(report)) console.log(`${step}: FAILED ${problem}\n`);
  console.log(`${step}: ${counts.text}`);
  passed += counts.passed;
  failed += counts.failed;
  if (counts.failed > 0) failedSteps.delete(step);
}

function problemsOf({ problems, testResults }) {
  if (testResults === undefined) return problems ?? [];
  return testResults.flatMap((file) => {
    if (file.status === "failed" && file.assertionResults.length === 0)
      return [`${file.name}: ${shortened(file.message)}`];
    return file.assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => `${file.name}: ${fullName}\n${shortened(failureMessages.join("\n"))}`);
  });
}

function shortened(message) {
  const text = message.replace(/\n.*\/node_modules\/.*/g, "");
  return text.length > MESSAGE_CHARACTERS ? `${text.slice(0, MESSAGE_CHARACTERS)} ...` : text;
}

function countsOf(report) {
  if ("numPassedTests" in report) return countsOfVitest(report);
  return "problems" in report ? countsOfRuntimes(report) : countsOfCorpus(report);
}

/** Checks of each runtime. */
function countsOfRuntimes({ passed, problems }) {
  return { passed, failed: problems.length, text: `${passed} checks passed, ${problems.length} failed` };
}

/** A test that does not run has not passed; a file that does not load has failed. */
function countsOfVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const unloaded = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  const skipped = numPendingTests + numTodoTests;
  const failed = numFailedTests + unloaded + skipped;
  return {
    passed: numPassedTests,
    failed,
    text: `${numPassedTests} passed, ${failed} failed, ${skipped} of them skipped`,
  };
}

/** Entries beyond the required number are what is still to be done, not failures. */
function countsOfCorpus({ pass, total }) {
  return { passed: pass, failed: 0, text: `${pass} of ${total} entries of the corpus pass` };
}

for (const step of failedSteps) console.log(`${step}: failed`);
failed += failedSteps.size;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
