/** --via with real peers: shells in a network namespace, reached by nsenter and by OpenSSH. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asPromised, SNAPSHOT_SCHEMA } from '../../helpers/json-schema.ts';
import {
  type Namespace,
  nodePath,
  openNamespace,
  programPath,
  requireNamespace,
} from '../../helpers/namespace.ts';
import { isMissing } from '../../helpers/programs.ts';
import type { SnapshotDocument } from '../../helpers/snapshot-document.ts';
import { startSshServer } from '../../helpers/ssh-server.ts';

beforeEach(requireNamespace);

const RANGE = 100;
const OPENED = 60;
const DESTINATION = { address: '127.0.0.2', port: 8080 };

/** A namespace with 60 connections of a range of 100 ports, and how to get into it. */
async function busyNamespace() {
  const namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', `40000 ${40_000 + RANGE - 1}`);
  await namespace.listen(DESTINATION);
  await namespace.connect({ destination: DESTINATION, count: OPENED });
  return { namespace, enter: await namespace.entry() };
}

type Busy = Awaited<ReturnType<typeof busyNamespace>>;

/** As the user would write it. */
function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ');
}

interface Run {
  readonly documents: SnapshotDocument[];
  readonly stderr: string;
  readonly status: number | null;
}

/** What `snapshot --format json` says through a command; `onDocument` is called with each document as it comes. */
async function snapshotVia(
  command: readonly string[],
  args: readonly string[] = ['--count', '2'],
  onDocument: (count: number) => void = () => {},
): Promise<Run> {
  const words = [programPath, 'snapshot', '--format', 'json', '--via', quoted(command), ...args];
  const child = spawn(nodePath(), ['--disable-warning=ExperimentalWarning', ...words]);
  const documents: SnapshotDocument[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    documents.push(asPromised(SNAPSHOT_SCHEMA, JSON.parse(line) as SnapshotDocument));
    onDocument(documents.length);
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { documents, stderr, status };
}

/** What the document says of the destination: ports in use, and how many connects succeed from now on. */
function figuresOf({ groups, sampling, place, portSpace }: SnapshotDocument) {
  const group = groups.find(({ remotePort }) => remotePort === DESTINATION.port);
  const { used, free, freeAtLeast } = group ?? {};
  return {
    used,
    free,
    freeAtLeast,
    source: sampling.source,
    kind: place.kind,
    size: portSpace.size,
  };
}

const EXACT = {
  used: OPENED,
  free: RANGE - OPENED,
  freeAtLeast: RANGE - OPENED,
  source: 'procfs',
  kind: 'via',
  size: RANGE,
};

describe('through nsenter', () => {
  let busy: Busy;
  let onlyCat = '';

  beforeAll(async () => {
    busy = await busyNamespace();
    onlyCat = mkdtempSync(join(tmpdir(), 'ephtop-cat-'));
    symlinkSync('/bin/cat', join(onlyCat, 'cat'));
    symlinkSync('/bin/dash', join(onlyCat, 'sh'));
  });

  afterAll(async () => {
    await busy.namespace[Symbol.asyncDispose]();
    rmSync(onlyCat, { recursive: true, force: true });
  });

  test.each([
    ['dash', ['dash']],
    ['busybox', ['busybox', 'sh']],
    ['bash', ['bash']],
    ['mksh', ['mksh']],
    ['bash', ['bash', '-x']],
  ])('the figures of %s are exact', async (shell, words) => {
    if (shell !== 'dash' && isMissing(shell)) return;
    const { documents, status } = await snapshotVia([...busy.enter, ...words]);
    expect(status).toBe(0);
    expect(documents.map(figuresOf)).toEqual([EXACT, EXACT]);
    expect(documents[0]?.sampling.sockets).toBe((await busy.namespace.ss()).length);
  });

  test('they are exact where there is nothing but cat', async () => {
    const { documents } = await snapshotVia([...busy.enter, 'env', '-i', `PATH=${onlyCat}`, 'sh']);
    expect(documents.map(figuresOf)).toEqual([EXACT, EXACT]);
  });

  test('what is said to be free is what connect() gets', async () => {
    const own = await busyNamespace();
    await using namespace: Namespace = own.namespace;
    const { documents } = await snapshotVia([...own.enter, 'sh']);
    const { connections, stop } = await namespace.connect({ destination: DESTINATION });
    expect(stop?.exhausted).toBe(true);
    expect(documents.at(-1)?.groups[0]?.free).toBe(connections.length);
  });
});

describe.skipIf(isMissing('/usr/sbin/sshd'))('through OpenSSH', () => {
  test('the figures are exact', async () => {
    const busy = await busyNamespace();
    await using namespace: Namespace = busy.namespace;
    await using server = await startSshServer(busy.enter);
    const { documents, stderr } = await snapshotVia(server.login);
    expect(documents.map(figuresOf), stderr).toEqual([EXACT, EXACT]);
    expect(await namespace.readSysctl('net.ipv4.ip_local_port_range')).toContain('40000');
  });

  test('a session that is cut comes back by itself', async () => {
    const busy = await busyNamespace();
    await using namespace: Namespace = busy.namespace;
    await using server = await startSshServer(busy.enter);
    const { documents, stderr, status } = await snapshotVia(
      server.login,
      ['--count', '5', '--interval', '500ms'],
      (count) => {
        if (count === 2) server.cut();
      },
    );
    expect(status, stderr).toBe(0);
    expect(documents.map(figuresOf)).toEqual(Array.from({ length: 5 }, () => EXACT));
    const times = documents.map(({ takenAt }) => Date.parse(takenAt));
    // The gap stays visible: nothing is made up for it.
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(stderr).toMatch(
      /no samples for now: .*ended with status 255.*\n(?:.*\n)*.*samples come again/,
    );
    expect(await namespace.ss()).not.toHaveLength(0);
  });
});
