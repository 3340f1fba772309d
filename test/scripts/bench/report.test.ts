import { describe, expect, it } from 'vitest';
import { report } from '../../../scripts/bench/report.ts';
import type { BenchResults, ReadingResult, ViewerResult } from '../../../scripts/bench/results.ts';

const NOTHING: BenchResults = {
  machine: {
    date: '2026-11-21',
    cpuModel: 'Some CPU',
    cores: 2,
    kernel: '6.18.44',
    nodeVersion: '26.10.0',
    memoryBytes: 24 * 1024 ** 3,
    availableBytes: 20 * 1024 ** 3,
    load: 0.25,
    hashSlots: 262_144,
  },
  readings: [],
  leftOut: [],
  viewers: [],
  firstFrames: [],
  notes: [],
};

const READING: ReadingResult = {
  sockets: 200_000,
  timings: {
    'netlink floor': [70, 60, 80],
    'netlink read': [77, 66, 88],
    'netlink sample': [84, 72, 96],
    'procfs floor': [200, 200, 200],
    'procfs read': [210, 210, 210],
    'procfs sample': [220, 220, 220],
    'ss | awk': [420, 360, 480],
  },
  timeWaits: { start: 200_000, end: 200_000 },
  missing: [],
};

const IDLE: ViewerResult = {
  situation: 'idle',
  viewer: 'ephtop',
  usage: {
    cpuPercent: 1.5,
    cpuPercentParts: [1.2, 2.5, 1.4],
    residentBytes: { start: 100e6, end: 108e6 },
    bytesPerSecond: 353,
    timeWaits: { start: 0, end: 0 },
  },
};

/** The cells of the row that begins with these. */
function row(text: string, ...beginning: string[]): string[] | undefined {
  const cells = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
  return cells.find((candidate) => beginning.every((cell, index) => candidate[index] === cell));
}

describe('report', () => {
  it('describes the machine, and has no empty tables', () => {
    const text = report(NOTHING);
    expect(text).toContain('Some CPU, 2 cores, 24.0 GiB of memory (20.0 GiB available)');
    expect(text).toContain('Linux 6.18.44, Node 26.10.0');
    expect(text).toContain("262,144 slots in the kernel's table");
    expect(text).not.toContain('|');
    expect(text.match(/^## /gm)).toHaveLength(1);
  });

  it('sets each source beside its floor and its target', () => {
    const text = report({ ...NOTHING, readings: [READING] });
    expect(row(text, '200,000', 'netlink')?.slice(2)).toEqual(
      ['70.0', '77.0', '1.10', '84.0', '1.20'].concat('≤ 1.12', '**missed by 7 %**', '3'),
    );
    expect(row(text, '200,000', 'procfs')?.slice(5)).toEqual(
      ['220', '1.10'].concat('≤ 1.1', 'met', '3'),
    );
  });

  describe.each([
    ['28,000', 28_000],
    ['1,000,000', 1_000_000],
  ])('at %s sockets', (label, sockets) => {
    const timed = (sampleMs: number): ReadingResult => ({
      ...READING,
      sockets,
      timings: { 'netlink sample': [sampleMs], 'netlink floor': [100] },
    });

    it.each([
      [122, '1.22', 'met'],
      [125, '1.25', '**missed by 2 %**'],
    ])('judges a sample of %d ms by the target at 200,000', (sampleMs, ratio, words) => {
      const text = report({ ...NOTHING, readings: [timed(sampleMs), READING] });
      expect(row(text, label, 'netlink')?.slice(6)).toEqual([ratio, '≤ 1.12 + 0.1', words, '1']);
    });
  });

  it('judges no source at a number of sockets that has no target', () => {
    const text = report({ ...NOTHING, readings: [{ ...READING, sockets: 5000 }, READING] });
    expect(row(text, '5,000', 'netlink')?.slice(7)).toEqual(['–', '', '3']);
  });

  it('judges the commands at 28,000 sockets only', () => {
    const timings = {
      'netlink sample': [10, 10, 10],
      'ephtop snapshot': [99, 100, 120],
      'ephtop check': [90, 101, 102],
    };
    const few = { ...READING, sockets: 28_000, timings };
    const text = report({ ...NOTHING, readings: [few, { ...READING, timings }] });
    const [snapshot, check] = ['snapshot', 'check'].map(
      (command) => `\`ephtop ${command}\`, start of Node and all`,
    ) as [string, string];
    expect(row(text, '28,000', snapshot)?.slice(2)).toEqual(
      ['100', '10.0', '10.0'].concat('≤ 100 ms', 'met'),
    );
    expect(row(text, '28,000', check)?.slice(2)).toEqual(
      ['101', '10.0', '10.1'].concat('≤ 100 ms', '**missed by 1 %**'),
    );
    expect(row(text, '200,000', check)?.slice(5)).toEqual(['–', '']);
  });

  it('says how many times faster a sample is than the pipeline', () => {
    const text = report({ ...NOTHING, readings: [READING] });
    const label = '`ss -tan \\| awk` counting per destination';
    expect(row(text, '200,000', label)?.slice(2)).toEqual([
      '420',
      '84.0',
      '5.0',
      '≥ 6',
      '**missed by 17 %**',
    ]);
  });

  it('gives nanoseconds a socket', () => {
    const text = report({ ...NOTHING, readings: [READING] });
    expect(row(text, '200,000', '350')).toEqual([
      '200,000',
      '350',
      '420',
      '1,000',
      '1,100',
      '2,100',
    ]);
  });

  it('leaves a gap for what was not measured', () => {
    const { 'netlink read': _read, ...timings } = READING.timings;
    const text = report({ ...NOTHING, readings: [{ ...READING, timings }] });
    expect(row(text, '200,000', 'netlink')?.slice(2, 7)).toEqual([
      '70.0',
      '–',
      '–',
      '84.0',
      '1.20',
    ]);
  });

  it('judges CPU, memory and bytes of ephtop, and of nothing else', () => {
    const floor: ViewerResult = {
      ...IDLE,
      viewer: 'floor',
      usage: { ...IDLE.usage, bytesPerSecond: undefined },
    };
    const text = report({ ...NOTHING, viewers: [IDLE, floor] });
    expect(row(text, 'idle: 10 connections', 'ephtop')?.slice(2)).toEqual([
      '1.5 (1.2–2.5)',
      '≤ 1.2 %: **missed by 25 %**',
      '100 → 108',
      '≤ 88 MB: **missed by 23 %**; flat: **missed**',
      '353',
      '≤ 1,000: met',
      '0',
    ]);
    expect(row(text, 'idle: 10 connections', 'floor (C)')?.slice(2)).toEqual([
      '1.5 (1.2–2.5)',
      '–',
      '100 → 108',
      '–',
      '–',
      '–',
      '0',
    ]);
  });

  it.each([
    [9, 'met'],
    [9.9, '**missed by 10 %**'],
  ])('judges %d %% of CPU for a crowd by its own target', (cpuPercent, words) => {
    const crowd: ViewerResult = {
      ...IDLE,
      situation: 'crowd',
      usage: { ...IDLE.usage, cpuPercent },
    };
    const text = report({ ...NOTHING, viewers: [crowd] });
    const cells = row(text, '30 busy groups, 466 closes/s, 200x50', 'ephtop');
    expect(cells?.[3]).toBe(`≤ 9 %: ${words}`);
    expect(cells?.[7]).toBe('–');
  });

  it('gives the median of the starts, and the cold one apart', () => {
    const frames = { situation: 'idle', coldMs: 301, warmMs: [180, 250, 190] } as const;
    const text = report({ ...NOTHING, firstFrames: [frames] });
    expect(row(text, 'idle: 10 connections')?.slice(1)).toEqual([
      '190',
      '180–250',
      '3',
      '≤ 150 ms: **missed by 27 %**',
      '301',
      '≤ 220 ms: **missed by 37 %**',
    ]);
  });

  it('says what was left out, and where sockets ended during the measurement', () => {
    const text = report({
      ...NOTHING,
      readings: [{ ...READING, missing: ['netstat'], timeWaits: { start: 200_000, end: 190_000 } }],
      leftOut: [{ sockets: 1_000_000, reason: 'no memory' }],
      notes: ['A note.'],
    });
    const notes = text.split('\n').filter((line) => line.startsWith('- '));
    expect(notes).toEqual([
      '- 1,000,000 sockets: no memory.',
      '- netstat: not installed here.',
      '- 200,000 sockets: there were 200,000 at the first round and 190,000 after the last.',
      '- A note.',
    ]);
  });
});
