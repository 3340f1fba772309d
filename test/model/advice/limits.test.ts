/** Other limits than ports: from which share on they are told, and what is suggested. */
import { describe, expect, test } from 'vitest';
import type { AdviceId } from '../../../src/model/advice/advice.ts';
import { buildModel } from '../../../src/model/model.ts';
import { sampleOf } from '../../../src/model/sample/measure.ts';
import { ownersOf, withInodes } from '../../helpers/owners.ts';
import { connections, reading, SMALL_RANGE } from '../../helpers/sockets.ts';

type Changes = Parameters<typeof reading>[1];

function suggestion(
  id: AdviceId,
  changes: Changes,
  files?: { open: number; limit: number; command?: string },
) {
  const processes = files
    ? [
        {
          pid: 812,
          command: files.command ?? 'haproxy',
          inodes: [100],
          files: { hardLimit: Infinity, ...files },
        },
      ]
    : [];
  const sockets = withInodes(connections(1), 100);
  const owners = ownersOf(processes);
  const { advice } = buildModel(sampleOf(reading(sockets, changes), { owners }));
  const found = advice.find((each) => each.id === id);
  return found && { severity: found.severity, commands: found.commands, title: found.title };
}

describe('tcp_max_tw_buckets', () => {
  const told = (buckets: number, timeWaitNow: number, timeWaitOverflow = 0) =>
    suggestion('tw-buckets', {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_max_tw_buckets': String(buckets) },
      counters: { timeWaitNow, timeWaitOverflow },
    });

  test.for([
    [799, 0, undefined],
    [800, 0, 'info'],
    [949, 0, 'info'],
    [950, 0, 'warning'],
    [0, 1, 'info'],
  ] as const)('%i of 1000, %i beyond: %j', ([now, beyond, severity]) => {
    expect(told(1000, now, beyond)?.severity).toBe(severity);
  });

  test.for([
    [1000, 1000, 65_536],
    [32_768, 32_768, 65_536],
    [32_769, 32_769, 65_538],
    // What is there already may be more.
    [1000, 40_000, 80_000],
    [2_000_000_000, 2_000_000_000, 2_147_483_647],
  ] as const)('%i of which there are %i becomes %i', ([buckets, now, more]) => {
    expect(told(buckets, now)?.commands).toEqual([`sysctl -w net.ipv4.tcp_max_tw_buckets=${more}`]);
  });

  test('a limit of none is near once there is one', () => {
    expect(told(0, 0)).toBeUndefined();
    expect(told(0, 1)?.severity).toBe('warning');
  });

  test('cannot be more than an int', () => {
    expect(told(2_147_483_647, 2_147_483_647)?.commands).toEqual([]);
  });
});

describe('nf_conntrack_max', () => {
  const told = (entries: number, maxEntries: number, timeWaitSeconds = 60) =>
    suggestion('conntrack-table', { conntrack: { entries, maxEntries, timeWaitSeconds } });

  test.for([
    [799, undefined],
    [800, 'warning'],
    [949, 'warning'],
    [950, 'critical'],
  ] as const)('%i of 1000: %j', ([entries, severity]) => {
    expect(told(entries, 1000)?.severity).toBe(severity);
  });

  test('is doubled, as far as an int goes', () => {
    expect(told(1000, 1000)?.commands).toEqual(['sysctl -w net.netfilter.nf_conntrack_max=2000']);
    expect(told(2e9, 2e9)?.commands).toEqual([
      'sysctl -w net.netfilter.nf_conntrack_max=2147483647',
    ]);
    expect(told(2_147_483_647, 2_147_483_647)?.commands).toEqual([]);
  });

  test.for([
    [60, []],
    [61, ['sysctl -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=60']],
  ] as const)('a TIME_WAIT of %i s there', ([seconds, commands]) => {
    expect(told(1000, 1000, seconds)?.commands.slice(1)).toEqual(commands);
  });
});

describe('open files', () => {
  const told = (open: number, limit: number) => suggestion('file-descriptors', {}, { open, limit });

  test.for([
    [799, 1000, undefined],
    [800, 1000, 'warning'],
    [949, 1000, 'warning'],
    [950, 1000, 'critical'],
    [0, 0, undefined],
    [5, 0, undefined],
  ] as const)('%i of %i: %j', ([open, limit, severity]) => {
    expect(told(open, limit)?.severity).toBe(severity);
  });

  test.for([
    [1024, 65_536],
    [32_769, 65_538],
    [524_288, 1_048_576],
    [524_289, 1_048_576],
  ] as const)('a limit of %i becomes %i', ([limit, more]) => {
    expect(told(limit, limit)?.commands).toEqual([`prlimit --pid 812 --nofile=${more}:unlimited`]);
  });

  test('no limit goes beyond fs.nr_open', () => {
    expect(told(1_048_576, 1_048_576)?.commands).toEqual([]);
  });

  test('are those of a process, by its name where that is known', () => {
    const titleOf = (command: string) =>
      suggestion('file-descriptors', {}, { open: 950, limit: 1000, command })?.title;
    expect(titleOf('haproxy')).toBe('Let haproxy (pid 812) open more than 1,000 files');
    expect(titleOf('')).toBe('Let pid 812 open more than 1,000 files');
  });
});
