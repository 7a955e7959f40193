/**
 * Says which assertions of a test run failed: `node .ci/failures.js <file of TAP>`. Of each, the test file and the tests
 * around it, its line, and the beginning of what tap tells of it. Nothing where none failed.
 */
import { readFileSync } from 'node:fs';

/** Lines of diagnostics in all: an output that is cut to its end should still show every failure. */
const MOST_LINES = 60;
/** Of one line: a counterexample can be a whole scenario. */
const MOST_COLUMNS = 2000;

/** The lines after `at`, down to the end of the block of diagnostics that begins there; none where none does. */
function diagnosticOf(lines, at) {
  if (!/^ *---$/.test(lines[at] ?? '')) return [];
  const end = lines.indexOf(lines[at].replace('---', '...'), at);
  return lines.slice(at, end < 0 ? lines.length : end);
}

/** The failed assertions, without the tests that failed because of them. */
function failuresOf(lines) {
  const failures = [];
  /** The tests that are open, from the file inwards. */
  const open = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent, what, rest] = /^( *)(# Subtest: |ok |not ok )(.*)$/.exec(lines[at]) ?? [];
    if (what === undefined) continue;
    if (what === '# Subtest: ') {
      open.push({ depth: indent.length, name: rest, before: failures.length });
      continue;
    }
    const diagnostic = diagnosticOf(lines, at + 1);
    const ends = open.at(-1)?.depth === indent.length ? open.pop() : null;
    if (what === 'not ok ' && (ends?.before ?? failures.length) === failures.length)
      failures.push({ line: lines[at].trim(), inside: open.map(({ name }) => name), diagnostic });
    at += diagnostic.length;
  }
  return failures;
}

const failures = failuresOf(readFileSync(process.argv[2], 'utf8').split('\n'));
const linesEach = Math.max(4, Math.floor(MOST_LINES / failures.length));
const say = (text) => console.log(text.slice(0, MOST_COLUMNS));
for (const { line, inside, diagnostic } of failures) {
  say([...inside, line].join(' > '));
  const told = diagnostic.slice(1).filter((text) => text.trim() !== '');
  for (const text of told.slice(0, linesEach)) say(text);
  if (told.length > linesEach) say(`... ${told.length - linesEach} lines more`);
}
