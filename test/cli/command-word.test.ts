import { expect, test } from 'vitest';
import type { CommandName } from '../../src/cli/command-table.ts';
import { findCommand } from '../../src/cli/command-word.ts';

test.each<[string, CommandName, string]>([
  ['', 'live', ''],
  ['snapshot', 'snapshot', 'snapshot'],
  ['--interval 1s snapshot --count 2', 'snapshot', 'snapshot --interval 1s --count 2'],
  ['--interval=1s snapshot', 'snapshot', 'snapshot --interval=1s'],
  ['--ascii replay x', 'replay', 'replay --ascii x'],
  ['-o x record', 'record', 'record -o x'],
  ['-ox record', 'record', 'record -ox'],
  ['-- snapshot -x', 'snapshot', 'snapshot -- -x'],
  ['--bogus snapshot', 'snapshot', 'snapshot --bogus'],
  ['--help snapshot', 'snapshot', 'snapshot --help'],
  // Values of options, and other arguments, are no commands.
  ['--filter snapshot', 'live', '--filter snapshot'],
  ['--filter', 'live', '--filter'],
  // A word in the place of a command is all that matters, if it is surely one.
  ['bogus snapshot', 'live', 'bogus'],
  ['- snapshot', 'live', '-'],
  ['bogus --help', 'live', 'bogus'],
  [
    '-V -i1s --interval=1s --no-color --filter x -- bogus',
    'live',
    '-V -i1s --interval=1s --no-color --filter x -- bogus',
  ],
  ['-V -i1s --interval=1s --no-color --filter x bogus', 'live', 'bogus'],
  ['--interva 1s --help', 'live', '--interva 1s --help'],
  ['--help', 'live', '--help'],
  ['replay record', 'replay', 'replay record'],
  ['live', 'live', 'live'],
  ['toString', 'live', 'toString'],
])('of "%s" the command is %s', (line, name, arranged) => {
  const split = (text: string) => text.split(' ').filter(Boolean);
  expect(findCommand(split(line))).toEqual({ name, words: split(arranged) });
});
