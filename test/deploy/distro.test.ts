/** What the packages of distributions do beside bringing files, and the rights of those. (`npm run try:distro` installs them.) */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { filesIn, settle } from '../../scripts/distro/tree.ts';
import { DEB_SCRIPTS, RPM_SCRIPTLETS } from '../../scripts/distro/units.ts';
import { requireMounts } from '../helpers/other-machine.ts';

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'ephtop-distro-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
});

const TOOLS = ['systemctl', 'deb-systemd-helper', 'deb-systemd-invoke'];

/** What a script asks systemd's tools for, where systemd runs or does not. */
function asked(script: string, args: readonly string[], isRunning: boolean): string[] {
  for (const tool of TOOLS) {
    writeFileSync(join(place, tool), '#!/bin/sh\necho "${0##*/} $*" >&2\n');
    chmodSync(join(place, tool), 0o755);
  }
  const run = isRunning ? 'mkdir -p /run/systemd/system && ' : '';
  const inside = `mount -t tmpfs none /run && ${run}exec sh -c "$0" script "$@"`;
  const words = ['--mount', 'sh', '-ec', inside, script.replaceAll('>/dev/null', ''), ...args];
  const { status, stderr } = spawnSync('unshare', words, {
    encoding: 'utf8',
    env: { PATH: `${place}:/usr/sbin:/usr/bin:/sbin:/bin` },
  });
  expect(status).toBe(0);
  return stderr.split('\n').filter((line) => line !== '');
}

const { postinst, prerm, postrm } = DEB_SCRIPTS;
const { preun, postun } = RPM_SCRIPTLETS;
const BOTH = 'ephtop-exporter.service ephtop-recorder.service';

const each = (words: string) =>
  BOTH.split(' ').map((unit) => `deb-systemd-helper ${words} ${unit}`);

test.for<[string, string, string[], string[]]>([
  [
    '.deb is installed',
    postinst,
    ['configure', ''],
    [...each('update-state'), 'systemctl --system daemon-reload'],
  ],
  [
    '.deb is upgraded',
    postinst,
    ['configure', '0.1.0-1'],
    [
      ...each('update-state'),
      'systemctl --system daemon-reload',
      `deb-systemd-invoke try-restart ${BOTH}`,
    ],
  ],
  ['.deb makes room for a newer one', prerm, ['upgrade', '0.2.0-1'], []],
  ['.deb is removed', prerm, ['remove'], [`deb-systemd-invoke stop ${BOTH}`]],
  ['.deb has been removed', postrm, ['remove'], ['systemctl --system daemon-reload']],
  ['.deb is purged', postrm, ['purge'], each('purge')],
  ['.rpm makes room for a newer one', preun, ['1'], []],
  ['.rpm is removed', preun, ['0'], [`systemctl --quiet --no-reload disable --now ${BOTH}`]],
  [
    '.rpm has made room',
    postun,
    ['1'],
    ['systemctl daemon-reload', `systemctl try-restart ${BOTH}`],
  ],
  ['.rpm has been removed', postun, ['0'], ['systemctl daemon-reload']],
])(
  'when a %s, systemd is asked for what follows, and started is nothing',
  ([, script, args, calls], context) => {
    requireMounts(context);
    expect(asked(script, args, true)).toEqual(calls);
    // Links are files; what runs is asked for only where something does.
    const ofFiles = calls.filter((call) => !/daemon-reload|-invoke|systemctl try/.test(call));
    expect(asked(script, args, false)).toEqual(ofFiles);
  },
);

test('what is in a package may be read by all, and has the date of the release', () => {
  const tree = join(place, 'tree');
  mkdirSync(join(tree, 'usr/bin'), { recursive: true, mode: 0o700 });
  writeFileSync(join(tree, 'usr/bin/ephtop'), '', { mode: 0o700 });
  writeFileSync(join(tree, 'usr/page'), '', { mode: 0o600 });
  settle(tree, 1_700_000_000);
  const modes = ['', 'usr', 'usr/bin', ...filesIn(tree)].map((name) => {
    const { mode, mtimeMs } = statSync(join(tree, name));
    return [name, (mode & 0o777).toString(8), mtimeMs];
  });
  const date = 1_700_000_000_000;
  expect(modes).toEqual([
    ['', '755', date],
    ['usr', '755', date],
    ['usr/bin', '755', date],
    ['usr/bin/ephtop', '755', date],
    ['usr/page', '644', date],
  ]);
});
