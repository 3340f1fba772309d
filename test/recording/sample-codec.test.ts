import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ParseError } from '../../src/kernel/parse-error.ts';
import { buildModel } from '../../src/model/model.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { SampleDecoder, SampleEncoder } from '../../src/recording/sample-codec.ts';
import { snapshotDocument } from '../helpers/documents.ts';
import { snapshotTable } from '../../src/outputs/table.ts';
import { modelOfSamples, pressedSamples } from '../helpers/pressure.ts';
import { connections, sampleOfSockets, timeWaits } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

/** As it is after it was recorded. */
const replayed = ({ sampling, ...sample }: Sample): Sample => ({
  ...sample,
  sampling: { ...sampling, source: 'replay', replayOf: sampling.source },
});

function roundTrip(samples: readonly Sample[]): Sample[] {
  const encoder = new SampleEncoder();
  const decoder = new SampleDecoder();
  return samples.map((sample) => {
    return decoder.take(encoder.encode(sample).text);
  });
}

/** Machines on which groups come, go, grow and drain. */
const anySample = fc
  .record({
    counts: fc.array(fc.nat(30), { maxLength: 5 }),
    waiting: fc.nat(20),
    leftMs: fc.integer({ min: 0, max: 59_000 }),
    elapsedMs: fc.nat(60_000),
    activeOpens: fc.option(fc.nat(), { nil: undefined }),
    warnings: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
  })
  .map(({ counts, waiting, leftMs, elapsedMs, activeOpens, warnings }) => {
    const live = counts.flatMap((count, index) =>
      connections(count, { remote: `10.0.9.${index + 1}` }),
    );
    return sampleOfSockets([...live, ...timeWaits(waiting, leftMs)], {
      takenAtMs: NOON + elapsedMs,
      counters: { activeOpens },
      warnings,
    });
  });

test('samples come back as they were', () => {
  fc.assert(
    fc.property(fc.array(anySample, { minLength: 1, maxLength: 6 }), (samples) => {
      expect(roundTrip(samples)).toEqual(samples.map(replayed));
    }),
    { numRuns: 50 },
  );
});

test.for([
  { outsideRange: { count: 0, low: undefined, high: undefined } },
  {
    outsideRange: { count: 1000, low: 10_000, high: 10_999 },
    reuse: { works: false, evidence: 'counter' as const, expected: 1700, seen: 3 },
  },
  { reuse: { works: undefined, evidence: 'timestamps' as const, expected: 0, seen: 0 } },
])('what was measured of a group, %j, and enabled services come back', (measured) => {
  const configuredPorts = [{ port: 5432, unit: 'postgresql.service' }];
  const taken = sampleOfSockets(connections(3), { configuredPorts });
  const sample = { ...taken, groups: taken.groups.map((group) => ({ ...group, ...measured })) };
  expect(roundTrip([sample])).toEqual([replayed(sample)]);
});

test('what JSON does not know comes back as well', () => {
  const portUse = { slices: 1, counts: Uint8Array.of(0, 1, 255, 0, 0, 7, 0, 0, 0, 9) };
  const [group, ...groups] = sampleOfSockets(connections(3)).groups.map((each) => ({
    ...each,
    portUse,
  }));
  const openFiles = [{ pid: 1, command: 'a', open: 3, limit: Infinity, hardLimit: Infinity }];
  const sample: Sample = {
    ...sampleOfSockets(connections(3)),
    groups: group === undefined ? groups : [group, ...groups],
    limits: { openFiles },
  };
  expect(roundTrip([sample])).toEqual([replayed(sample)]);
});

test('a sample is written whole at the beginning, where that is asked for, and when the clock was set back', () => {
  const encoder = new SampleEncoder();
  const seconds = [0, 1, 9.9, 10, 11, 5, 6];
  const isWhole = (second: number) =>
    encoder.encode(sampleOfSockets([], { takenAtMs: NOON + 1000 * second }), second === 10)
      .isKeyframe;
  expect(seconds.filter(isWhole)).toEqual([0, 10, 5]);
});

describe('what a file says is not believed', () => {
  const good = () =>
    JSON.parse(new SampleEncoder().encode(sampleOfSockets(connections(3))).text) as Whole;
  type Whole = { '=': Record<string, unknown> & { groups: Record<string, object> } };

  function read(change: (sample: Whole['=']) => void): Sample {
    const line = good();
    change(line['=']);
    return new SampleDecoder().take(JSON.stringify(line));
  }

  const inGroup = (values: object) => (sample: Whole['=']) =>
    Object.values(sample.groups).forEach((group) => Object.assign(group, values));

  it.each<[what: string, change: (sample: Whole['=']) => void, field: string]>([
    ['no time', (sample) => delete sample['takenAtMs'], 'a sample.takenAtMs'],
    ['a time beyond all dates', (sample) => (sample['takenAtMs'] = 9e15), 'takenAtMs'],
    ['no groups', (sample) => delete (sample as Partial<typeof sample>).groups, 'groups'],
    ['a negative count', inGroup({ used: -1 }), 'used'],
    ['half a socket', inGroup({ liveUsed: 0.5 }), 'liveUsed'],
    ['a port beyond the last', inGroup({ remotePort: 65_536 }), 'remotePort'],
    ['a name for an address', inGroup({ remoteAddress: '$(reboot)' }), 'remoteAddress'],
    ['59 seconds', inGroup({ drainSchedule: Array(59).fill(0) }), 'drainSchedule'],
    ['text for owners', inGroup({ owners: 'haproxy' }), 'owners'],
    ['text for bytes', inGroup({ portUse: { slices: 1, counts: 'AAAA' } }), 'counts'],
    ['no slices', inGroup({ portUse: { slices: 0, counts: 'AAAA' } }), 'slices'],
    ['a sum that is none', inGroup({ usable: -1, liveUsed: 65_535, timeWaitUsed: 1e6 }), 'used'],
    ['more connections than any group has', inGroup({ timeWaitUsed: 1e12 }), 'timeWaitUsed'],
    ['free ports that are not', inGroup({ free: 1 }), 'free'],
    [
      'a range that ends before it begins',
      inGroup({ portRange: { low: 9, high: 8 } }),
      'portRange',
    ],
    ['an endless name', (sample) => (sample['host'] = { hostname: 'x'.repeat(1e6) }), 'hostname'],
  ])('%s is refused', (_, change, field) => {
    expect(() => read(change)).toThrow(ParseError);
    expect(() => read(change)).toThrow(field);
  });

  it('names are what was recorded, and sentences are safe to print', () => {
    const sample = read((written) => {
      written['host'] = { hostname: 'a\u001b[31mb', kernel: '6\u202e.18' };
      written['sampling'] = { ...(written['sampling'] as object), fallback: 'a\u001b[2Jb' };
      inGroup({ owners: [{ pid: 1, command: '\u0007bell', sockets: 1 }] })(written);
    });
    expect(sample.host).toEqual({ hostname: 'a\u001b[31mb', kernel: '6\u202e.18' });
    expect(sample.sampling.fallback).toBe('a\\x1b[2Jb');
    expect(sample.groups[0]?.owners[0]?.command).toBe('\u0007bell');
  });

  it('a label is that of the addresses, and a sysctl that is no number is not known', () => {
    const sample = read((written) => {
      inGroup({ label: 'forged' })(written);
      written['sysctls'] = {
        'net.ipv4.ip_local_reserved_ports': '80$(reboot)',
        'net.ipv4.ip_local_port_range': '1024 2048',
      };
    });
    expect(sample.groups[0]?.label).toBe('10.0.3.7 → 10.0.9.21:8080');
    expect(sample.sysctls['net.ipv4.ip_local_reserved_ports']).toBeNull();
    expect(sample.sysctls['net.ipv4.ip_local_port_range']).toBe('1024 2048');
  });

  it.each([
    ['/run/netns/web', '/run/netns/web'],
    ['/run/netns/web; reboot', undefined],
    [7, undefined],
  ])('the file of a namespace, %j, may stand in a command, or is not known', (file, known) => {
    const place = { kind: 'namespace', id: 'net:7', name: 'web' } as const;
    const sample = sampleOfSockets(connections(3), { place: { ...place, file: '/proc/1/ns/net' } });
    const line = new SampleEncoder().encode(sample).text;
    expect(line).toContain('"/proc/1/ns/net"');
    const changed = line.replace('"/proc/1/ns/net"', JSON.stringify(file));
    expect(new SampleDecoder().take(changed).place).toEqual({ ...place, file: known });
  });

  it('any line is refused, or makes a sample that can be shown', () => {
    const number = fc.oneof(fc.nat(70_000), fc.integer(), fc.double(), fc.constant(1e12));
    const path = fc.constantFrom('used', 'usable', 'free', 'liveUsed', 'reusable', 'closeRate');
    const wild = fc.dictionary(path, number);
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), wild.map(inGroup)), (value) => {
        try {
          const sample = typeof value === 'function' ? read(value) : decode(JSON.stringify(value));
          const model = buildModel(sample);
          expect(snapshotTable(model)).toContain('HEADROOM');
          expect(() => JSON.stringify(snapshotDocument(model))).not.toThrow();
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
    );
  });

  it('what all lines add up to is limited, and lines that add nothing are not', () => {
    const decoder = new SampleDecoder();
    decoder.take(JSON.stringify(good()));
    const line = (key: number) => JSON.stringify({ '+': { [`key${key}`]: 'x'.repeat(10e6) } });
    for (let again = 0; again < 10; again++) decoder.take(line(again % 3));
    expect(() => {
      for (let key = 3; key < 10; key++) decoder.take(line(key));
    }).toThrow('cannot read a sample from "too much"');
  });

  function decode(line: string): Sample {
    return new SampleDecoder().take(line);
  }

  it.each(['', '{', 'nonsense', '[1]', 'null', '{"=":1}'])('the line %j is refused', (line) => {
    expect(() => decode(line)).toThrow(ParseError);
  });
});

describe.each(['seen', 'unseen'] as const)('refusals that are %s', (refusals) => {
  const samples = pressedSamples(refusals);
  const again = roundTrip(samples);

  it('come back as they were', () => {
    expect(again).toEqual(samples.map(replayed));
  });

  it('say the same in a replay', () => {
    const [live, replay] = [samples, again].map(modelOfSamples);
    if (live === undefined || replay === undefined) throw new Error('no models');
    expect(snapshotTable(replay)).toContain('OUT OF PORTS');
    const withoutSource = (text: string) => text.replace(/ by .* in /, ' in ');
    expect(withoutSource(snapshotTable(replay))).toBe(withoutSource(snapshotTable(live)));
    expect(snapshotDocument(replay).groups).toEqual(snapshotDocument(live).groups);
    expect(snapshotDocument(replay).advice).toEqual(snapshotDocument(live).advice);
  });
});
