import { spawnSync } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { manPage } from '../../src/outputs/man-page.ts';
import { SMALL_COMMAND_LINE } from '../helpers/command-line.ts';
import { isMissing } from '../helpers/programs.ts';

const PAGE = manPage({
  version: '1.2.3',
  commands: SMALL_COMMAND_LINE,
  keys: [{ label: "' \\ .", help: ".moves' \\fB-" }],
});

/** What a reader sees. */
function rendered(page: string): string {
  const { stdout, error } = spawnSync('mandoc', ['-Tutf8', '-Owidth=400'], {
    input: page,
    encoding: 'utf8',
  });
  if (error) throw error;
  // Bold and underlined letters are overstruck.
  const pieces = stdout.split('\b');
  return [...pieces.slice(0, -1).map((piece) => piece.slice(0, -1)), ...pieces.slice(-1)].join('');
}

beforeEach(({ skip }) => skip(isMissing('mandoc'), 'mandoc is not installed'));

test('a formatter of manuals has nothing to say but that there is no date', () => {
  const { stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning'], {
    input: PAGE,
    encoding: 'utf8',
  });
  expect(stdout.split('\n').filter(Boolean)).toEqual([
    expect.stringContaining('missing date, using ""'),
  ]);
});

test('every command, option and key is there as it is typed', () => {
  const text = rendered(PAGE);
  expect(text).toContain('ephtop replay [options] file');
  expect(text).toContain('ephtop reshow [options] [shell]');
  expect(text).toMatch(/^ +replay file\n +Play it\.\n +Options: -V, --version\.$/m);
  expect(text).toContain(
    'where [from]: "auto" isn\'t \\ $(touch x) `y`: auto, netlink (default: auto)',
  );
  expect(text).toMatch(/^ +-o, --output file\n +\.where to write$/m);
  expect(text).toMatch(/^ +' \\ \. +\.moves' \\fB-$/m);
  expect(text.match(/print the version/g)).toHaveLength(1);
});

test('each word of a value is marked by itself, and no bracket is left', () => {
  expect(PAGE).toContain(String.raw`\fB\-\-size\fR \fIcolumns\fRx\fIrows\fR`);
  expect(rendered(PAGE)).toMatch(/^ +--size columnsxrows\n +how large$/m);
});

test('the states of the monitoring plugin are among the exit statuses', () => {
  const [, section = ''] = rendered(PAGE).split(/^EXIT STATUS$/m);
  const [statuses = ''] = section.split(/^ENVIRONMENT$/m);
  const numbers = [...statuses.matchAll(/^ +(\d) +(\w+)/gm)].map(([, code, word]) => [code, word]);
  expect(numbers).toEqual([
    ['0', 'Success'],
    ['2', 'A'],
    ['0', 'OK'],
    ['1', 'WARNING'],
    ['2', 'CRITICAL'],
    ['3', 'UNKNOWN'],
  ]);
});
