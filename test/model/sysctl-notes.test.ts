import { describe, expect, test } from 'vitest';
import { wrapWords } from '../../src/format/wrap.ts';
import { explainSysctls, type SysctlNote } from '../../src/model/sysctl-notes.ts';
import { connections, sampleOfSockets, SMALL_RANGE, timeWaits } from '../helpers/sockets.ts';

const DEFAULT_RANGE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };

function meaningOf(
  name: SysctlNote['name'],
  sysctls: Partial<typeof SMALL_RANGE> = {},
  sockets = connections(3),
): string {
  const sample = sampleOfSockets(sockets, { sysctls: { ...DEFAULT_RANGE, ...sysctls } });
  return explainSysctls(sample).find((note) => note.name === name)?.meaning ?? '';
}

describe('what guides get wrong', () => {
  test.for([
    ['net.ipv4.tcp_fin_timeout', /does not shorten TIME_WAIT, which is 60 s/],
    ['net.ipv4.tcp_tw_recycle', /Removed in Linux 4\.12.*tcp_tw_reuse is the safe one/],
    ['net.core.somaxconn', /inbound only\. It gives connect\(\) no port/],
    ['net.ipv6.ip_local_port_range', /no such sysctl.*net\.ipv4\.ip_local_port_range/],
    ['net.ipv4.tcp_max_tw_buckets', /lowering it is no cure/],
  ] as const)('%s', ([name, says]) => expect(meaningOf(name)).toMatch(says));

  test('230 closes a second: it is what the range and the reuse delay make it', () => {
    const name = 'net.ipv4.ip_local_port_range';
    expect(meaningOf(name)).toMatch(
      /28,232 usable\. At 60 s of TIME_WAIT they last for 470 closes\/s; old guides say 230/,
    );
    expect(meaningOf(name, { 'net.ipv4.tcp_tw_reuse': '1' })).toMatch(
      /Reused after 1000 ms they last for 28,232 closes\/s \(at 60 s of TIME_WAIT: 470/,
    );
    expect(
      meaningOf(name, { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_tw_reuse_delay': '0' }),
    ).toMatch(/no limit/);
    expect(
      meaningOf(name, { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '0' }),
    ).toMatch(/last for 470 closes/);
  });

  test('how long TIME_WAIT lasts is read from the timers', () => {
    const waiting = timeWaits(3, 59_400, {}, 40_000);
    expect(meaningOf('net.ipv4.tcp_fin_timeout', {}, waiting)).toContain(
      'at most 60 s are left here',
    );
    expect(meaningOf('net.ipv4.tcp_fin_timeout')).not.toContain('left here');
  });

  test('tcp_tw_recycle where it exists', () => {
    expect(meaningOf('net.ipv4.tcp_tw_recycle', { 'net.ipv4.tcp_tw_recycle': '1' })).toMatch(
      /^Drops connections of clients behind NAT/,
    );
  });
});

test.for([
  DEFAULT_RANGE,
  { ...DEFAULT_RANGE, 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_tw_recycle': '0' },
])('each note is at most three lines of the panel', (sysctls) => {
  const counters = { timeWaitNow: 262_144, timeWaitOverflow: 1_234_567 };
  const sample = sampleOfSockets(timeWaits(3, 59_400), { sysctls, counters });
  for (const { name, meaning } of explainSysctls(sample))
    expect(wrapWords(` ${name} ${meaning}`, 80).length).toBeLessThanOrEqual(3);
});
