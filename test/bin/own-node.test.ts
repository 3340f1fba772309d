/** The Node that comes with ephtop, on systems that lack what it needs. */
import { spawnSync } from 'node:child_process';
import { dlopen } from 'node:ffi';
import { dirname, join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import {
  ON_ALPINE,
  PATH,
  requireMounts,
  runOn,
  WITHOUT_LIBATOMIC,
} from '../helpers/other-machine.ts';

const ROOT = join(import.meta.dirname, '../..');
const LAUNCHER = join(ROOT, 'bin/ephtop.cjs');
/** What npm's scripts and tools run as `node`. */
const SCRIPT_NODE = join(ROOT, 'node_modules/.bin/node');
const LIBRARY = join(ROOT, 'lib', process.arch, 'libatomic.so.1');

describe('the libatomic that comes along', () => {
  const exchange = dlopen(LIBRARY, {}).lib.getFunction('__atomic_compare_exchange', {
    return: 'u8',
    arguments: ['u64', 'pointer', 'pointer', 'pointer', 'i32', 'i32'],
  });

  function bytes(value: bigint): Buffer<ArrayBuffer> {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(value);
    return buffer;
  }

  function compareExchange(object: bigint, expected: bigint, desired: bigint) {
    const [inObject, inExpected] = [bytes(object), bytes(expected)];
    const exchanged = exchange(8n, inObject, inExpected, bytes(desired), 3, 0);
    return {
      exchanged,
      object: inObject.readBigUInt64LE(),
      expected: inExpected.readBigUInt64LE(),
    };
  }

  const [OLD, NEW, OTHER] = [0x1122334455667788n, 0x8877665544332211n, 0x1122334455667789n];

  it('stores what is desired where the object is as expected', () => {
    expect(compareExchange(OLD, OLD, NEW)).toEqual({ exchanged: 1, object: NEW, expected: OLD });
  });

  it.each([OTHER, OLD + (1n << 63n), 0n])('hands back the object where it is %x', (object) => {
    expect(compareExchange(object, OLD, NEW)).toEqual({
      exchanged: 0,
      object,
      expected: object,
    });
  });
});

/** A Node of the machine that needs no libatomic, but has no node:ffi: one before 25. */
function requireOldNode({ skip }: Pick<TestContext, 'skip'>): void {
  const { stdout } = spawnSync('node', ['-v'], { encoding: 'utf8', env: { PATH } });
  if (/^v(?:1\d|2[0-4])\./.test(stdout)) return;
  if (process.env['CI']) throw new Error(`the machine's own Node is ${stdout || 'not there'}`);
  skip(`the machine's own Node is ${stdout || 'not there'}`);
}

const SNAPSHOT = [LAUNCHER, 'snapshot', '--format', 'json'];

describe('on a system without libatomic', () => {
  const WAYS = [
    { where: "npm's scripts", node: SCRIPT_NODE, needs: requireMounts },
    {
      where: 'the launcher on an old Node',
      node: 'node',
      needs: (context: TestContext) => {
        requireMounts(context);
        requireOldNode(context);
      },
    },
  ];

  it.for(WAYS)('$where: it reads netlink all the same', ({ node, needs }, context) => {
    needs(context);
    const command = [node, ...SNAPSHOT];
    const { status, stdout, stderr } = runOn({
      change: WITHOUT_LIBATOMIC,
      command,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ sampling: { source: 'netlink' } });
  });

  it('names the package to install where its own libatomic is gone as well', (context) => {
    requireMounts(context);
    requireOldNode(context);
    const change = `${WITHOUT_LIBATOMIC}\nmount --bind /dev/null '${LIBRARY}' || exit`;
    const { status, stdout, stderr } = runOn({
      change,
      command: ['node', ...SNAPSHOT],
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(
      /^ephtop needs Node 22\.12 or newer; [^\n]+ Run "apt-get install libatomic1", [^\n]+\n$/,
    );
  });

  it('says the same where the Node that comes along does not look for its own', (context) => {
    requireMounts(context);
    requireOldNode(context);
    // Not a library: the loader refuses it.
    const change = `${WITHOUT_LIBATOMIC}\nmount --bind '${LAUNCHER}' '${LIBRARY}' || exit`;
    const { status, stderr } = runOn({ change, command: ['node', ...SNAPSHOT] });
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /\nephtop needs Node [^\n]+ Run "apt-get install libatomic1", [^\n]+\n$/,
    );
  });
});

describe('on a musl system', () => {
  it('says what to install', (context) => {
    requireMounts(context);
    requireOldNode(context);
    const { status, stderr } = runOn({
      change: ON_ALPINE,
      command: ['node', ...SNAPSHOT],
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ephtop needs Node 22\.12 or newer; [^\n]+apk add nodejs[^\n]+\n$/);
  });

  it("gives npm's scripts the Node of the machine", (context) => {
    requireMounts(context);
    requireOldNode(context);
    const version = ['-p', 'process.version'];
    const outside = spawnSync('node', version, { encoding: 'utf8', env: { PATH } });
    const { stdout, stderr } = runOn({
      change: ON_ALPINE,
      command: [SCRIPT_NODE, ...version],
      path: `${dirname(SCRIPT_NODE)}:${PATH}`,
    });
    expect({ stdout, stderr }).toEqual({ stdout: outside.stdout, stderr: '' });
  });
});
