import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isHangupIgnored } from '../../src/source/hangup.ts';

interface Laid {
  readonly command?: string;
  readonly stdin?: string;
  readonly flags?: string;
  readonly ignored?: string;
}

/** Whether these traces are those of nohup. */
function isFound({ command, stdin = '/dev/null', flags = '0100000', ignored }: Laid): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-hangup-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const part of ['own/fd', 'own/fdinfo', 'parent'])
    mkdirSync(join(directory, part), { recursive: true });
  symlinkSync(stdin, join(directory, 'own/fd/0'));
  writeFileSync(join(directory, 'own/fdinfo/0'), `pos:\t0\nflags:\t${flags}\nmnt_id:\t25\n`);
  if (ignored !== undefined)
    writeFileSync(join(directory, 'parent/status'), `Name:\tsh\nSigIgn:\t${ignored}\nSigCgt:\t1\n`);
  const own = join(directory, 'own');
  return isHangupIgnored({ command, own, parent: join(directory, 'parent') });
}

test.each<[string, boolean, Laid]>([
  ['none', false, { command: '/usr/local/bin/ephtop', ignored: '0000000000001000' }],
  ['the command in the environment', true, { command: '/usr/bin/nohup' }],
  ['another command of a similar name', false, { command: '/usr/bin/nohup.sh' }],
  ['a stdin that cannot be read', true, { flags: '0100001' }],
  ['a stdin to be read and written', false, { flags: '0100002' }],
  ['a file that stdin writes into', false, { stdin: '/tmp/x', flags: '0100001' }],
  ['a parent that ignores hangups', true, { ignored: '0000000000001001' }],
  ['a parent that ignores Ctrl-C', false, { ignored: '0000000000000002' }],
])('traces of nohup: %s', (_, expected, laid) => {
  expect(isFound(laid)).toBe(expected);
});
