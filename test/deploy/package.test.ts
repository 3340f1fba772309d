/** The package as it is published: packed, installed from the file, and run. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { packPackage } from '../../scripts/package/pack.ts';
import { cleanUpAfterEach, RECORDED_PROC, TABLE_TITLE } from '../helpers/live-view.ts';
import { PATH } from '../helpers/other-machine.ts';
import { openTerminal } from '../helpers/terminal.ts';

cleanUpAfterEach();

const ROOT = join(import.meta.dirname, '../..');

let place: string;
/** As `npm install -g` prints it. */
let said: string;

/** The Node of the checkout first, or only that of the machine. */
const NEW_NODE = `${dirname(process.execPath)}:${PATH}`;

function makeDirectory(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'ephtop-package-')));
}

beforeAll(async () => {
  place = makeDirectory();
  const file = await packPackage(place);
  const words = ['install', '--global', '--offline', '--prefix', place, join(place, file)];
  // The machine's own npm and Node, as on a server.
  const { stdout, stderr } = spawnSync('npm', words, {
    encoding: 'utf8',
    env: { PATH, HOME: place },
  });
  said = stdout + stderr;
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

const installed = (...path: string[]) => join(place, 'lib/node_modules/ephtop', ...path);

function run(path: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(place, 'bin/ephtop'), args, {
    encoding: 'utf8',
    env: { PATH: path, HOME: place },
  });
  return { status, stdout, stderr };
}

/** Every file of a directory, by its path in there. */
function filesOf(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
    .toSorted();
}

test('npm installs one package, and warns of nothing', () => {
  expect(said).toMatch(/^\s*added 1 package in \S+\s*$/);
  expect(existsSync(installed('node_modules'))).toBe(false);
});

test('it takes 5 MB at most', () => {
  const kilobytes = execFileSync('du', ['-sk', installed()], { encoding: 'utf8' }).split('\t')[0];
  expect(Number(kilobytes)).toBeLessThan(5_000);
});

test('its manifest has neither dependencies nor scripts', () => {
  const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8')) as object;
  expect(Object.keys(manifest)).toEqual([
    'name',
    'version',
    'description',
    'keywords',
    'license',
    'man',
    'bin',
    'type',
  ]);
});

test('it has the manual page, completions, schemas, units and manifests', () => {
  expect(readFileSync(join(place, 'share/man/man1/ephtop.1'), 'utf8')).toMatch(/^\.TH EPHTOP 1/m);
  const there = new Set(filesOf(installed()));
  const expected = [
    ...['ephtop.bash', '_ephtop', 'ephtop.fish'].map((name) => `dist/share/${name}`),
    'dist/THIRD-PARTY-LICENSES.txt',
    'schema/snapshot-1.schema.json',
    'deploy/systemd/ephtop-exporter.service',
    'deploy/kubernetes/daemonset.yaml',
    'monitoring/prometheus-alerts.yaml',
    'LICENSE',
  ];
  expect(expected.filter((file) => !there.has(file))).toEqual([]);
  expect([...there].filter((file) => /\.tsx?$|node-linux|^test|^src/.test(file))).toEqual([]);
});

test('each link of its pages leads to a file that it has', () => {
  const pages = filesOf(installed()).filter((file) => file.endsWith('.md'));
  const links = pages.flatMap((page) => {
    const text = readFileSync(installed(page), 'utf8');
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target }));
  });
  const inside = links.filter(({ target }) => !/^\w+:|^#/.test(target));
  expect(inside.length).toBeGreaterThan(50);
  const broken = inside.filter(
    ({ page, target }) => !existsSync(installed(dirname(page), target.split('#')[0] ?? '')),
  );
  expect(broken).toEqual([]);
});

test('on Node 26 it reads netlink, checks, and shows the live view', async () => {
  const { version } = JSON.parse(readFileSync(installed('package.json'), 'utf8')) as {
    version: string;
  };
  expect(run(NEW_NODE, '--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  const { stdout, stderr } = run(NEW_NODE, 'snapshot', '--format', 'json');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ sampling: { source: 'netlink' } });
  expect(run(NEW_NODE, 'check', '--proc', RECORDED_PROC).stdout).toMatch(/^EPHTOP /);

  const terminal = openTerminal(join(place, 'bin/ephtop'), ['--proc', RECORDED_PROC], {
    columns: 120,
    rows: 40,
    env: { PATH: NEW_NODE },
  });
  await terminal.waitFor(TABLE_TITLE);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('removed while the live view runs, it goes on, and says why some keys cannot work', async () => {
  const copy = makeDirectory();
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(installed(), copy, { recursive: true });
  const terminal = openTerminal(join(copy, 'bin/ephtop.cjs'), ['--no-config'], {
    columns: 120,
    rows: 40,
    env: { PATH: NEW_NODE },
  });
  await terminal.waitFor(TABLE_TITLE);
  rmSync(copy, { recursive: true });
  const why = 'ephtop was upgraded or removed meanwhile: quit, and start it again.';
  terminal.press('r');
  await terminal.waitFor(`No recording: ${why}`);
  terminal.press('N');
  await terminal.waitFor(/other namespaces: .*ephtop was upgraded or removed meanwhile/);
  terminal.press('N');
  await terminal.waitFor((screen) => !screen.includes('other namespaces'));
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('on an old Node it says in one sentence what to install', ({ skip }) => {
  const found = spawnSync('node', ['--version'], { encoding: 'utf8', env: { PATH } }).stdout.trim();
  skip(!/^v(1\d|20|21)\./.test(found), `the machine's own Node is ${found || 'not there'}`);
  const { status, stdout, stderr } = run(PATH, 'snapshot');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(
    /^ephtop needs Node 22\.12 or newer; this is Node \S+ \(\S+\)\. Install Node 26, or use the executable ephtop-linux-\w+, which brings its own\.\n$/,
  );
  expect(run(PATH, 'check')).toMatchObject({ status: 3, stdout: `EPHTOP UNKNOWN: ${stderr}` });
});

test('packed again, it is the same to the byte', async () => {
  const other = makeDirectory();
  onTestFinished(() => rmSync(other, { recursive: true }));
  const name = await packPackage(other);
  expect(readFileSync(join(other, name)).equals(readFileSync(join(place, name)))).toBe(true);
});

/** A copy of the checkout, in a directory of this name. */
function copyCheckout(name: string): string {
  const parent = makeDirectory();
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const copy = join(parent, name);
  const left = new Set(['.git', 'node_modules', 'out', 'test'].map((each) => join(ROOT, each)));
  cpSync(ROOT, copy, { recursive: true, filter: (file) => !left.has(file) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

test('built and packed where the path has odd characters, and only the owner may read, it is the same to the byte', () => {
  const copy = copyCheckout('a b#%41ü');
  execFileSync('chmod', ['-R', 'go=', copy]);
  const env = { ...process.env, TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8' };
  for (const script of ['build.ts', 'package.ts']) {
    const words = ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, `scripts/${script}`];
    const { status, stderr } = spawnSync('sh', words, { cwd: copy, env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
  const name = readdirSync(place).find((each) => each.endsWith('.tgz')) ?? '';
  expect(readFileSync(join(copy, 'out', name)).equals(readFileSync(join(place, name)))).toBe(true);
});

test('npm pack of a checkout makes the same package, and leaves the checkout as it was', () => {
  const copy = copyCheckout('checkout');
  const before = readFileSync(join(copy, 'package.json'), 'utf8');
  const name = execFileSync('npm', ['pack', '--silent'], { cwd: copy, encoding: 'utf8' }).trim();
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(before);

  execFileSync('tar', ['-xzf', name.split('\n').at(-1) ?? ''], { cwd: copy });
  const packed = join(copy, 'package');
  expect(filesOf(packed)).toEqual(filesOf(installed()));
  const { files, ...manifest } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8')) as {
    files: unknown;
  };
  expect(files).toBeInstanceOf(Array);
  expect(manifest).toEqual(JSON.parse(readFileSync(installed('package.json'), 'utf8')));
});
