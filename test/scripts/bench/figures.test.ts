import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOptions, PARTS } from '../../../scripts/bench/options.ts';
import { planPopulations } from '../../../scripts/bench/population-plan.ts';
import {
  parseCpuTicks,
  parseKilobyteField,
  parseTimeWaitCount,
} from '../../../scripts/bench/proc-text.ts';
import { median, medianRatio } from '../../../scripts/bench/statistics.ts';
import { isMet, TARGETS, targetText, verdict } from '../../../scripts/bench/targets.ts';

describe('median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 9, 1, 2])).toBe(5.5);
    expect(median([7])).toBe(7);
  });

  it('has as many values below as above', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('medianRatio', () => {
  it('compares round by round, so that a slow minute counts for both', () => {
    expect(medianRatio([20, 200, 22], [10, 100, 11])).toBe(2);
  });

  it('refuses series of different lengths', () => {
    expect(() => medianRatio([1, 2], [1])).toThrow('2 rounds against 1');
  });
});

describe('verdict', () => {
  it.each([
    [1.12, 'met'],
    [1.13, '**missed by < 1 %**'],
    [2.24, '**missed by 100 %**'],
  ])('%d of at most 1.12: %s', (ratio, words) =>
    expect(verdict(ratio, TARGETS.netlinkToFloor)).toBe(words),
  );

  it.each([
    [6, 'met'],
    [3, '**missed by 50 %**'],
  ])('%d of at least 6: %s', (ratio, words) =>
    expect(verdict(ratio, TARGETS.pipelineToSample)).toBe(words),
  );

  it('takes no figure for a miss', () => {
    expect(isMet(Number.NaN, TARGETS.idleCpu)).toBe(false);
  });
});

describe('targetText', () => {
  it('has the bound and the unit', () => {
    expect(targetText(TARGETS.pipelineToSample)).toBe('≥ 6');
    expect(targetText(TARGETS.idleFirstFrameMs)).toBe('≤ 150 ms');
    expect(targetText(TARGETS.busyBytesPerSecond)).toBe('≤ 10,000');
  });
});

describe('planPopulations', () => {
  const GIBIBYTE = 1024 ** 3;

  it('takes each size once, smallest first', () => {
    const plan = planPopulations([200_000, 28_000, 28_000], 8 * GIBIBYTE);
    expect(plan).toEqual({ sizes: [28_000, 200_000], leftOut: [] });
  });

  it('leaves out what does not fit, and says why', () => {
    const { sizes, leftOut } = planPopulations([28_000, 1_000_000], 1.5 * GIBIBYTE);
    expect(sizes).toEqual([28_000]);
    expect(leftOut).toEqual([
      {
        sockets: 1_000_000,
        reason: 'reckoned to need 2,001 MiB, and 1,536 MiB are available',
      },
    ]);
  });
});

describe('parseOptions', () => {
  it('does everything by default', () => {
    const options = parseOptions([]);
    expect(options.sizes).toEqual([28_000, 200_000, 1_000_000]);
    expect([...options.parts]).toEqual([...PARTS]);
    expect(options).toMatchObject({ quick: false, jsonFile: undefined });
  });

  it('makes fewer sockets when it is to be quick, unless told how many', () => {
    expect(parseOptions(['--quick']).sizes).toEqual([28_000, 200_000]);
    expect(parseOptions(['--quick', '--sockets', '5']).sizes).toEqual([5]);
  });

  it('takes lists', () => {
    const options = parseOptions(['--sockets', '1000,2000', '--only', 'tools,first-frame']);
    expect(options.sizes).toEqual([1000, 2000]);
    expect([...options.parts]).toEqual(['tools', 'first-frame']);
  });

  it.each([
    [['--sockets', '28k'], '--sockets: "28k" is no number'],
    [['--sockets', '0'], '--sockets: "0"'],
    [['--sockets', '99000000'], 'from 1 to 5000000'],
    [['--sockets', '1000,'], '--sockets: ""'],
    [['--only', 'everything'], '--only: "everything" is none of sources, tools'],
    [['--frobnicate'], "'--frobnicate'"],
    [['quick'], "'quick'"],
  ])('refuses %j in words', (args, words) => expect(() => parseOptions(args)).toThrow(words));
});

describe('/proc', () => {
  it('gives CPU time of a process whose name tries to confuse', () => {
    const stat =
      '42 (a) S 1 (b) S 1 42 42 34816 42 4194304 9 8 7 6 150 25 30 4 20 0 11 0 917 1 2 3\n';
    expect(parseCpuTicks(stat)).toEqual({ own: 175, children: 34 });
  });

  it('quotes a stat that it cannot read', () => {
    expect(() => parseCpuTicks('42 (sh) Z 1')).toThrow('no times in "42 (sh) Z 1"');
  });

  it('gives a field in bytes', () => {
    const status = 'Name:\tnode\nVmHWM:\t  131836 kB\nVmRSS:\t  120000 kB\n';
    expect(parseKilobyteField(status, 'VmRSS')).toBe(122_880_000);
    expect(() => parseKilobyteField(status, 'VmSwap')).toThrow('no VmSwap in "Name:\tnode');
  });

  it('gives the count of TIME_WAIT sockets', () => {
    const sockstat = 'sockets: used 3\nTCP: inuse 2 orphan 0 tw 28000 alloc 4 mem 0\n';
    expect(parseTimeWaitCount(sockstat)).toBe(28_000);
    expect(() => parseTimeWaitCount('sockets: used 3\n')).toThrow('no time-wait count');
  });
});
