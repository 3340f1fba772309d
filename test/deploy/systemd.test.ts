/** The units, as systemd itself judges them. Nothing is started. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findCommand } from '../../src/cli/command-word.ts';
import { createProgram } from '../../src/cli/program.ts';
import { isMissing } from '../helpers/programs.ts';

const UNITS = join(import.meta.dirname, '../../deploy/systemd');
const DOCS = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');

const textOf = (unit: string) => readFileSync(join(UNITS, unit), 'utf8');

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-units-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe.each(['ephtop-exporter.service', 'ephtop-recorder.service'])('%s', (unit) => {
  beforeEach(({ skip }) => skip(isMissing('systemd-analyze'), 'systemd is not installed'));

  test('systemd has nothing to say', () => {
    const file = join(temporary(), unit);
    // It wants the program to be there.
    writeFileSync(file, textOf(unit).replace('/usr/local/bin/ephtop', process.execPath));
    const verified = run('systemd-analyze', 'verify', '--man=no', file);
    expect(verified).toEqual({ status: 0, output: '' });
  });

  test('the score is no worse than the documentation says', () => {
    const [, score = '0'] = new RegExp(`\\| \`${unit}\` \\| ([\\d.]+) `).exec(DOCS) ?? [];
    const threshold = `--threshold=${Math.round(Number(score) * 10)}`;
    const args = ['security', '--offline=true', '--no-pager', threshold, join(UNITS, unit)];
    const { status, output } = run('systemd-analyze', ...args);
    expect(output).toContain(`Overall exposure level for ${unit}`);
    expect(status).toBe(0);
  });
});

test.each(['ephtop-exporter.service', 'ephtop-recorder.service'])(
  'the command line of %s is understood',
  async (unit) => {
    const [, line = ''] =
      /^ExecStart=\/usr\/local\/bin\/ephtop (.*) \$ARGS$/m.exec(textOf(unit)) ?? [];
    const [, more = ''] = /^# ARGS="(.*)"$/m.exec(textOf(unit)) ?? [];
    for (const text of [line, `${line} ${more}`]) {
      const { name, words } = findCommand(text.split(' '));
      const started: string[] = [];
      const program = createProgram(name, async (command) => void started.push(command));
      await program.parseAsync(words, { from: 'user' });
      expect(started).toEqual([line.split(' ')[0]]);
    }
  },
);

test('both units are confined alike, but for the network', () => {
  const CONFINED =
    /^(?:\w*Capabilit\w*|NoNew\w+|Pro(?:tect|c)\w+|Private\w+|SystemCall\w+|Restrict(?!Address)\w+|Lock\w+|Keyring\w+|UMask|Device\w+|Dynamic\w+)=.*$/gm;
  const rules = (unit: string) => textOf(unit).match(CONFINED)?.toSorted();
  expect(rules('ephtop-recorder.service')).toEqual(rules('ephtop-exporter.service'));
  expect(rules('ephtop-exporter.service')?.length).toBeGreaterThan(20);
});

test('recordings older than a week are removed, and no others', ({ skip }) => {
  skip(isMissing('systemd-tmpfiles'), 'systemd is not installed');
  const root = temporary();
  const recordings = join(root, 'var/lib/private/ephtop');
  mkdirSync(recordings, { recursive: true });
  mkdirSync(join(root, 'etc/tmpfiles.d'), { recursive: true });
  writeFileSync(join(root, 'etc/tmpfiles.d/ephtop.conf'), textOf('ephtop-recordings.conf'));
  const DAY_S = 86_400;
  for (const [name, days] of [
    ['old', 8],
    ['recent', 6],
  ] as const) {
    writeFileSync(join(recordings, name), '');
    const seconds = Date.now() / 1000 - days * DAY_S;
    utimesSync(join(recordings, name), seconds, seconds);
  }
  run('systemd-tmpfiles', `--root=${root}`, '--clean', 'ephtop.conf');
  expect(readdirSync(recordings)).toEqual(['recent']);
});
