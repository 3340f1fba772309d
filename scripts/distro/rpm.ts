/** A package for Fedora, RHEL and their kin, by rpmbuild. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Release } from './release.ts';
import { filesIn, licences, makeTree, moveOut, settle } from './tree.ts';
import { RPM_SCRIPTLETS } from './units.ts';

const ARCHITECTURES = { x64: 'x86_64', arm64: 'aarch64' } as const;

/** Directories that belong to the package. */
const OWN = ['usr/share/ephtop', 'usr/share/licenses/ephtop'];

function spec(release: Release, tree: string): string {
  const outside = filesIn(tree).filter((file) => !OWN.some((own) => file.startsWith(`${own}/`)));
  const day = new Date(release.date * 1000).toUTCString();
  const [, weekday = '', date = '', month = '', year = ''] =
    /^(\w+), (\d+) (\w+) (\d+)/.exec(day) ?? [];
  return `Name: ephtop
Version: ${release.version}
Release: 1
Summary: ${release.summary}
License: MIT
Group: System/Monitoring
Packager: ${release.maintainer}
# rpmbuild would read these from the table of sections, which the executable has not.
AutoReqProv: no
Requires: libc.so.6(GLIBC_2.28)(64bit)
Requires: libgcc_s.so.1()(64bit)
Requires: libstdc++.so.6(GLIBCXX_3.4.21)(64bit)

%description
${release.description.join('\n')}

%install
cp -a '${tree}/.' '%{buildroot}/'

${Object.entries(RPM_SCRIPTLETS)
  .map(([name, text]) => `%${name}\n${text}`)
  .join('\n')}
%files
%license /usr/share/licenses/ephtop
%dir /usr/share/ephtop
/usr/share/ephtop/*
${outside.map((file) => (file.includes('/man/') ? `%doc /${file}` : `/${file}`)).join('\n')}

%changelog
* ${weekday} ${month} ${date} ${year} ${release.maintainer} - ${release.version}-1
- Release ${release.version}; see /usr/share/ephtop/CHANGELOG.md
`;
}

/** What rpmbuild is to leave undone: stripping, debugging packages, and traces of the machine that builds. */
const DEFINITIONS = [
  'debug_package %{nil}',
  '_build_id_links none',
  '__os_install_post %{nil}',
  '_buildhost localhost',
  'use_source_date_epoch_as_buildtime 1',
  'clamp_mtime_to_source_date_epoch 1',
  '_binary_payload w6.xzdio',
];

/** Makes it, and returns its name in `out/`. */
export async function makeRpm(release: Release): Promise<string> {
  const architecture = ARCHITECTURES[release.architecture];
  const workshop = mkdtempSync(join(tmpdir(), 'ephtop-rpm-'));
  try {
    const tree = join(workshop, 'tree');
    await makeTree(tree, 'rpm', release.architecture);
    mkdirSync(join(tree, 'usr/share/licenses/ephtop'), { recursive: true });
    writeFileSync(join(tree, 'usr/share/licenses/ephtop/LICENSES.txt'), `${licences()}\n`);
    settle(tree, release.date);
    const file = join(workshop, 'ephtop.spec');
    writeFileSync(file, spec(release, tree));
    const definitions = [`_topdir ${workshop}/rpm`, `_rpmdir ${workshop}`, ...DEFINITIONS];
    const words = ['-bb', '--quiet', `--target=${architecture}-linux`];
    execFileSync(
      'rpmbuild',
      [...words, ...definitions.flatMap((each) => ['--define', each]), file],
      {
        env: { ...process.env, SOURCE_DATE_EPOCH: `${release.date}` },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const name = `ephtop-${release.version}-1.${architecture}.rpm`;
    return moveOut(join(workshop, architecture, name), name);
  } finally {
    rmSync(workshop, { recursive: true });
  }
}
