/** Recordings made while ports really run out: a plain one, one without names, a ring, and the file of the incident. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addressForms } from '../../helpers/address-forms.ts';
import { asPromised, REPORT_SCHEMA, SNAPSHOT_SCHEMA } from '../../helpers/json-schema.ts';
import { makeDirectory } from '../../helpers/live-view.ts';
import { nodePath, programPath } from '../../helpers/namespace.ts';
import type { SnapshotDocument } from '../../helpers/snapshot-document.ts';
import { apart, requireTracefs } from '../../helpers/tracefs-namespace.ts';
import type { Exhaustion } from './exhaustion-run.ts';
import { exhaust } from './exhaustion-run.ts';

const run = promisify(execFile);

/** Runs the program on a file, in a zone of its own. */
async function ephtop(...args: string[]) {
  const env = { ...process.env, TZ: 'America/St_Johns' };
  return run(nodePath(), [programPath, ...args], { env, maxBuffer: 1 << 28 });
}

interface Report {
  readonly timeline: readonly {
    readonly kind: string;
    readonly at: string;
    readonly sample: number;
  }[];
  readonly refused: number;
  readonly groups: readonly { readonly refused: number; readonly mostUsed: number }[];
  readonly followed: readonly { readonly id: string }[];
}

const reportOf = async (file: string) =>
  asPromised(
    REPORT_SCHEMA,
    JSON.parse((await ephtop('report', file, '--format', 'json')).stdout) as Report,
  );

let directory: string;
let all: Exhaustion;

const inDirectory = (name: string) => join(directory, name);
const fileOf = (pattern: RegExp) =>
  inDirectory(readdirSync(directory).find((name) => pattern.test(name)) ?? 'none');

beforeEach(requireTracefs);

describe('of ports that run out, and come back by the first suggestion', () => {
  beforeAll(async () => {
    directory = makeDirectory();
    all = await exhaust({
      ports: 120,
      perSecond: 40,
      looks: 50,
      follows: 'enable-tw-reuse',
      directory,
      recorders: [
        ['-o', 'plain.eph.gz'],
        ['--anonymize', '-o', 'anonymous.eph.gz'],
        ['--ring', '1h', '--dump-on', 'critical'],
      ],
    });
  });

  test('the report says when, as the client saw it', async () => {
    const { timeline, refused, groups, followed } = await reportOf(inDirectory('plain.eph.gz'));
    const kinds = timeline.map(({ kind }) => kind);
    for (const kind of ['warning', 'critical', 'refusal', 'exhaustion', 'sysctl', 'recovery'])
      expect(kinds).toContain(kind);
    const atMs = (wanted: string) =>
      Date.parse(timeline.find(({ kind }) => kind === wanted)?.at ?? '');
    // A sample has what happened in the quarter of a second before it.
    expect(atMs('refusal')).toBeGreaterThanOrEqual(all.firstRefusedMs - 50);
    expect(atMs('refusal')).toBeLessThan(all.firstRefusedMs + 2000);
    expect(atMs('sysctl')).toBeGreaterThan(atMs('refusal'));
    expect(atMs('recovery')).toBeGreaterThan(atMs('exhaustion'));
    expect(refused).toBe(all.run.refused.length);
    expect(groups[0]).toMatchObject({ mostUsed: 120, refused });
    expect(followed).toMatchObject([{ id: 'enable-tw-reuse' }]);
  });

  test('the report is Markdown with both times, the group and the commands', async () => {
    const { stdout } = await ephtop('report', inDirectory('plain.eph.gz'));
    expect(stdout).toContain(`${all.run.address}:8080`);
    expect(stdout).toContain('America/St\\_Johns');
    const [, utc, local] = /\| (\S+ \S+) \| (\S+ \S+) \| OUT OF PORTS/.exec(stdout) ?? [];
    const minutes = (Date.parse(`${local}Z`) - Date.parse(`${utc}Z`)) / 60_000;
    // Half an hour tells it from a time that was rounded.
    expect([-150, -210]).toContain(minutes);
    expect(stdout).toContain('sysctl -w net.ipv4.tcp_tw_reuse=1');
  });

  test('without names: nothing of the original is in it, and the report is the same', async () => {
    const live = inDirectory('anonymous.eph.gz');
    const copied = inDirectory('copied.eph.gz');
    await ephtop('anonymize', inDirectory('plain.eph.gz'), '-o', copied);
    const report = await reportOf(inDirectory('plain.eph.gz'));
    for (const file of [live, copied]) {
      const text = gunzipSync(readFileSync(file)).toString().toLowerCase();
      for (const form of addressForms(all.run.address)) expect(text).not.toContain(form);
      expect(text).not.toContain(all.run.command.toLowerCase());
      expect(text).not.toContain(`"${hostname().toLowerCase()}"`);
      expect(text).not.toContain(release().toLowerCase());
      const { timeline, refused } = await reportOf(file);
      expect(refused).toBe(report.refused);
      expect(new Set(timeline.map(({ kind }) => kind))).toEqual(
        new Set(report.timeline.map(({ kind }) => kind)),
      );
    }
    // Sample by sample the same figures.
    const usedIn = async (file: string) =>
      (await ephtop('replay', file, '--format', 'json')).stdout
        .trimEnd()
        .split('\n')
        .map((line) => asPromised(SNAPSHOT_SCHEMA, JSON.parse(line) as SnapshotDocument))
        .map(({ groups }) => groups.map(({ used, free }) => [used, free]));
    expect(await usedIn(copied)).toEqual(await usedIn(inDirectory('plain.eph.gz')));
  });

  test('the ring and the file of the incident have it as well', async () => {
    const files = [fileOf(/-ring\.eph\.gz$/), fileOf(/^ephtop-incident-/)];
    for (const file of files) {
      const { timeline, refused } = await reportOf(file);
      expect(timeline.map(({ kind }) => kind)).toContain('exhaustion');
      expect(refused).toBe(all.run.refused.length);
    }
  });

  test('the table is that of the last sample; the asciicast has the turning points as markers', async () => {
    const file = inDirectory('plain.eph.gz');
    const { stdout } = await ephtop('replay', file, '--format', 'table');
    expect(stdout).toMatch(/SOURCE +DESTINATION/);
    const { stdout: cast } = await ephtop(
      'replay',
      file,
      '--cast',
      '-',
      '--size',
      '90x24',
      '--speed',
      '2',
    );
    const [header, ...events] = cast
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(header).toMatchObject({ version: 3, term: { cols: 90, rows: 24 } });
    const of = (wanted: string) =>
      (events as [number, string, string][]).filter(([, code]) => code === wanted);
    expect(
      of('m')
        .map(([, , label]) => label)
        .join('\n'),
    ).toMatch(/OUT OF PORTS: .*:8080/);
    expect(of('o').length).toBeGreaterThan(10);
    expect(of('x')).toHaveLength(1);
  });
});

test('a ring on a disk that is full says so, keeps what it has, and goes on when there is room', async () => {
  const script = `
    set -e
    mount -t tmpfs -o size=128k tmpfs "$1"
    "$2" "$3" record --ring 1m -o "$1/ring.eph.gz" 2> "$4" &
    for n in $(seq 200); do [ -s "$1/ring.eph.gz" ] && break; sleep 0.1; done
    dd if=/dev/zero of="$1/filler" bs=1k count=200 2>/dev/null || true
    for n in $(seq 200); do grep -q 'no space is left' "$4" && break; sleep 0.1; done
    rm "$1/filler"
    for n in $(seq 200); do grep -q 'room on the disk again' "$4" && break; sleep 0.1; done
    kill -INT $! && wait $!
    "$2" "$3" replay "$1/ring.eph.gz" --format table
    cat "$4"
  `;
  const mountPoint = makeDirectory();
  const log = join(makeDirectory(), 'log');
  const words = ['sh', '-c', script, 'sh', mountPoint, nodePath(), programPath, log];
  const said = await apart(words, 'beside others');
  expect(said).toContain('no space is left on the disk: what comes now is not kept');
  expect(said).toContain('there is room on the disk again');
  expect(said).toMatch(/Linux .* sockets by replay of/);
});
