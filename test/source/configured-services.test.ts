import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configuredPortsHere, readConfiguredPorts } from '../../src/source/configured-services.ts';
import { procRoot } from '../../src/source/proc-root.ts';

/** A root directory with these files; what begins with `->` is a link. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'ephtop-units-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (text.startsWith('->')) symlinkSync(text.slice(2), join(root, path));
    else writeFileSync(join(root, path), text);
  }
  return root;
}

const WANTS = 'etc/systemd/system/multi-user.target.wants';
const SOCKETS = 'etc/systemd/system/sockets.target.wants';

test('services that are enabled, by what they are known for, and sockets by their units', () => {
  const root = rootWith({
    [`${WANTS}/postgresql.service`]: '->/lib/systemd/system/postgresql.service',
    [`${WANTS}/proxy.service`]: '->/lib/systemd/system/proxy.service',
    [`${WANTS}/remote-fs.target`]: '->/lib/systemd/system/remote-fs.target',
    [`${SOCKETS}/web.socket`]: '->/lib/systemd/system/web.socket',
    'lib/systemd/system/web.socket': '[Socket]\nListenStream=8080\nListenStream=80\n',
    'etc/systemd/system/web.socket.d/port.conf': '[Socket]\nListenStream=8081\n',
    // Installed, and not enabled.
    'lib/systemd/system/other.socket': '[Socket]\nListenStream=9000\n',
    'lib/systemd/system/grafana-server.service': '',
    'etc/services': 'proxy 3128/tcp\n',
  });
  expect(readConfiguredPorts(root)).toEqual([
    { port: 3128, unit: 'proxy.service' },
    { port: 5432, unit: 'postgresql.service' },
    { port: 8080, unit: 'web.socket' },
    { port: 8081, unit: 'web.socket' },
  ]);
});

test('a unit in /etc stands in for the one that was installed, whatever its name', () => {
  const unit = 'a\u001b[2J.socket';
  const root = rootWith({
    [`${SOCKETS}/${unit}`]: '',
    [`etc/systemd/system/${unit}`]: 'ListenStream=7000',
    [`usr/lib/systemd/system/${unit}`]: 'ListenStream=7001',
  });
  expect(readConfiguredPorts(root)).toEqual([{ port: 7000, unit }]);
});

test('a folder that is a link to another is the same folder, and drop-ins of all folders count, by name', () => {
  const root = rootWith({
    [`${SOCKETS}/web.socket`]: '',
    'usr/lib/systemd/system/web.socket': 'ListenStream=8080\n',
    'usr/lib/systemd/system/web.socket.d/20-more.conf': 'ListenStream=8082\n',
    'etc/systemd/system/web.socket.d/10-other.conf': 'ListenStream=\nListenStream=8081\n',
    lib: '->usr/lib',
  });
  expect(readConfiguredPorts(root).map(({ port }) => port)).toEqual([8081, 8082]);
});

test('nothing where there is no systemd, and undefined where another machine is looked at', () => {
  expect(readConfiguredPorts(rootWith({}))).toEqual([]);
  expect(configuredPortsHere(procRoot('/host/proc'))).toBeUndefined();
});
