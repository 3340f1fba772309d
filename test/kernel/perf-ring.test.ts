import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePerfRecords } from '../../src/kernel/perf-ring.ts';
import { parseTraceFormat } from '../../src/kernel/trace-format.ts';
import {
  FORMAT,
  FORMAT_TEXT,
  PERF_RECORD,
  perfRecord,
  perfRing,
  REFUSAL,
  refusalRecord,
  type RefusedConnect,
} from '../helpers/perf-records.ts';

function parse(records: readonly Uint8Array[], at = 0, format = FORMAT) {
  const { data, from, to } = perfRing(records, at);
  return parsePerfRecords(data, from, to, format);
}

describe('a refusal', () => {
  it.each<[string, RefusedConnect, object]>([
    ['over IPv4', {}, {}],
    ['of a process that is in no pid namespace seen from here', { pid: 0 }, { pid: undefined }],
    ['of a process that is ending', { pid: -1 }, { pid: undefined }],
    [
      'over IPv6',
      { family: 10, local: [0xfd000000, 0, 0, 1], remote: [0xfd000000, 0, 0, 2] },
      { family: 6, localAddress: 'fd00::1', remoteAddress: 'fd00::2' },
    ],
    [
      'of an IPv6 socket to a mapped address: IPv4',
      { family: 10, local: [0, 0, 0xffff, 0x7f000001], remote: [0, 0, 0xffff, 0x7f000002] },
      { localAddress: '127.0.0.1', remoteAddress: '127.0.0.2' },
    ],
    ['to the highest port', { port: 65_535 }, { remotePort: 65_535 }],
    ['after months', { timeNs: 10_000_000_000_000_000n }, { timeNs: 10_000_000_000_000_000 }],
  ])('%s', (_, connect, expected) => {
    expect(parse([refusalRecord(connect)])).toEqual({
      refusals: [{ ...REFUSAL, ...expected }],
      complete: true,
    });
  });

  it('is read where the format says', () => {
    const text = FORMAT_TEXT.replaceAll(/offset:(\d+)/g, (_, at) => `offset:${Number(at) + 16}`);
    const format = parseTraceFormat(text, 'format');
    expect(parse([refusalRecord({ format })], 0, format).refusals).toEqual([REFUSAL]);
  });
});

describe('a ring', () => {
  it('is read in order, and what is not known passed over', () => {
    const records = [
      refusalRecord({ port: 1 }),
      perfRecord(PERF_RECORD.COMM),
      perfRecord(PERF_RECORD.UNTHROTTLE),
      perfRecord(77, new Uint8Array(0)),
      refusalRecord({ port: 2 }),
    ];
    const { refusals, complete } = parse(records);
    expect(refusals.map(({ remotePort }) => remotePort)).toEqual([1, 2]);
    expect(complete).toBe(true);
  });

  it('is the same wherever it wraps around', () => {
    const records = Array.from({ length: 20 }, (_, port) => refusalRecord({ port }));
    const whole = parse(records);
    expect(whole.refusals.length).toBe(20);
    for (let at = 0; at < 3 * 4096; at += 8) expect(parse(records, at)).toEqual(whole);
  });

  it('may be empty, and full', () => {
    expect(parse([])).toEqual({ refusals: [], complete: true });
    const full = Array.from({ length: 512 }, () => perfRecord(77, new Uint8Array(0)));
    expect(parse(full, 96)).toEqual({ refusals: [], complete: true });
  });

  it.each([
    ['LOST', perfRecord(PERF_RECORD.LOST)],
    ['THROTTLE', perfRecord(PERF_RECORD.THROTTLE)],
    ['a sample of an unknown family', refusalRecord({ family: 1 })],
    ['a sample that is too short', perfRecord(PERF_RECORD.SAMPLE, new Uint8Array(88))],
    ['a sample without its raw data', perfRecord(PERF_RECORD.SAMPLE, new Uint8Array(96))],
  ])('that has %s is not complete, and is read on', (_, record) => {
    const { refusals, complete } = parse([refusalRecord(), record, refusalRecord()]);
    expect({ rows: refusals.length, complete }).toEqual({ rows: 2, complete: false });
  });

  it.each([
    ['of no length', [9, 0, 0, 0, 0, 0, 0, 0]],
    ['shorter than its header', [9, 0, 0, 0, 0, 0, 7, 0]],
    ['that goes beyond the end', [9, 0, 0, 0, 0, 0, 9, 0]],
    ['that is cut off', [9, 0, 0, 0]],
  ])('is given up at a record %s', (_, bytes) => {
    const { refusals, complete } = parse([refusalRecord(), Uint8Array.from(bytes)]);
    expect({ rows: refusals.length, complete }).toEqual({ rows: 1, complete: false });
  });

  it.each([
    ['more than fits', 0, 4097],
    ['an end before the start', 8, 0],
    ['no number', 0, Number.NaN],
  ])('is not read where the positions say %s', (_, from, to) => {
    const nothing = { refusals: [], complete: false };
    expect(parsePerfRecords(new Uint8Array(4096), from, to, FORMAT)).toEqual(nothing);
  });

  it('of raw data larger than its record is not read beyond it', () => {
    const record = refusalRecord();
    new DataView(record.buffer).setUint32(24, 77, true);
    expect(parse([record, refusalRecord()]).refusals).toHaveLength(1);
  });

  it('takes any garbage, and ends', () => {
    const garbage = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        fc.constant(refusalRecord()),
        fc
          .tuple(fc.nat(12), fc.uint8Array({ maxLength: 200 }))
          .map(([type, bytes]) => perfRecord(type, bytes)),
      ),
      { maxLength: 15 },
    );
    fc.assert(
      fc.property(garbage, fc.nat(10_000), (records, at) => {
        const { refusals } = parse(records, at);
        for (const { family, remotePort } of refusals) {
          expect([4, 6]).toContain(family);
          expect(remotePort).toBeLessThanOrEqual(65_535);
        }
      }),
      { numRuns: 500 },
    );
  });
});
