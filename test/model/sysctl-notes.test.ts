import { describe, expect, test } from 'vitest';
import { wrapWords } from '../../src/format/wrap.ts';
import { explainSysctls, type SysctlNote } from '../../src/model/sysctl-notes.ts';
import { connections, modelOf, SMALL_RANGE, timeWaits } from '../helpers/sockets.ts';

const DEFAULT_RANGE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };

function meaningOf(
  name: SysctlNote['name'],
  sysctls: Partial<typeof SMALL_RANGE> = {},
  sockets = connections(3),
): string {
  const model = modelOf(sockets, { sysctls: { ...DEFAULT_RANGE, ...sysctls } });
  return explainSysctls(model).find((note) => note.name === name)?.meaning ?? '';
}

describe('what guides get wrong', () => {
  test.for([
    ['net.ipv4.tcp_fin_timeout', /does not shorten TIME_WAIT, which lasts 60 s in any case/],
    ['net.ipv4.tcp_tw_recycle', /Removed in Linux 4\.12.*tcp_tw_reuse is the safe way/],
    ['net.core.somaxconn', /inbound only\. connect\(\) does not use it/],
    ['net.ipv6.ip_local_port_range', /No Linux has this sysctl.*net\.ipv4\.ip_local_port_range/],
    ['net.ipv4.tcp_max_tw_buckets', /lowering it is no cure/],
  ] as const)('%s', ([name, says]) => expect(meaningOf(name)).toMatch(says));

  test('230 closes a second: it is what the range and the reuse delay make it', () => {
    const name = 'net.ipv4.ip_local_port_range';
    expect(meaningOf(name)).toMatch(
      /28,232 usable\. At 60 s of TIME_WAIT they allow 470 closes\/s; old guides say 230/,
    );
    expect(meaningOf(name, { 'net.ipv4.tcp_tw_reuse': '1' })).toMatch(
      /Reused after 1000 ms they allow 28,232 closes\/s \(at 60 s of TIME_WAIT: 470/,
    );
    expect(
      meaningOf(name, { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_tw_reuse_delay': '0' }),
    ).toMatch(/no limit/);
    expect(
      meaningOf(name, { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '0' }),
    ).toMatch(/allow 470 closes/);
  });

  test('how long TIME_WAIT lasts is read from the timers', () => {
    const waiting = timeWaits(3, 59_400, {}, 40_000);
    expect(meaningOf('net.ipv4.tcp_fin_timeout', {}, waiting)).toContain(
      'the longest here has 60 s left',
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
  [null, false],
  ['60', true],
] as const)("a vendor's tcp_tw_timeout of %j has a row: %j", ([value, has]) => {
  const sysctls = { ...DEFAULT_RANGE, 'net.ipv4.tcp_tw_timeout': value };
  const names = explainSysctls(modelOf(connections(3), { sysctls })).map(({ name }) => name);
  expect(names.includes('net.ipv4.tcp_tw_timeout')).toBe(has);
  // What no kernel of today has is explained all the same.
  expect(names).toEqual(
    expect.arrayContaining(['net.ipv4.tcp_tw_recycle', 'net.ipv4.tcp_tw_reuse']),
  );
});

describe('what a sysctl should be', () => {
  const shouldBe = (...given: Parameters<typeof modelOf>) =>
    Object.fromEntries(explainSysctls(modelOf(...given)).map((note) => [note.name, note.shouldBe]));
  const RECYCLE = 'net.ipv4.tcp_tw_recycle';

  test('nothing else than it is on a healthy machine, whatever could be better', () => {
    const sysctls = { ...DEFAULT_RANGE, 'net.ipv4.tcp_timestamps': '0' };
    const healthy = [...connections(20, {}, 32_768), ...timeWaits(40, 30_000, {}, 32_788)];
    expect(new Set(Object.values(shouldBe(healthy, { sysctls })))).toEqual(new Set([undefined]));
  });

  test('what would help if ports were short stands there whether they are or not', () => {
    const ifShort = (...given: Parameters<typeof modelOf>) =>
      Object.fromEntries(
        explainSysctls(modelOf(...given)).flatMap((note) =>
          note.ifShort === undefined ? [] : [[note.name, note.ifShort]],
        ),
      );
    const sysctls = { ...DEFAULT_RANGE, 'net.ipv4.tcp_timestamps': '0' };
    const helpful = {
      'net.ipv4.ip_local_port_range': '1024 65535',
      'net.ipv4.tcp_tw_reuse': '1',
      'net.ipv4.tcp_timestamps': '1',
    };
    expect(ifShort(connections(20, {}, 32_768), { sysctls })).toEqual(helpful);
    expect(ifShort([], { sysctls })).toEqual(helpful);
    const best = {
      ...DEFAULT_RANGE,
      'net.ipv4.ip_local_port_range': '1024 65535',
      'net.ipv4.tcp_tw_reuse': '1',
    };
    expect(ifShort([], { sysctls: best })).toEqual({});
  });

  test('but what is wrong by itself', () => {
    const sysctls = { ...DEFAULT_RANGE, [RECYCLE]: '1' };
    const found = shouldBe(connections(3, {}, 32_768), { sysctls, kernelRelease: '4.9.0' });
    expect(found[RECYCLE]).toBe('0');
    expect(Object.values(found).filter((value) => value !== undefined)).toEqual(['0']);
  });

  test('what the suggestions set, where ports run short', () => {
    const listening = { local: '0.0.0.0', localPort: 8080, state: 'LISTEN' } as const;
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_unprivileged_port_start': '8000' };
    const found = shouldBe([...timeWaits(95, 30_000), listening], { sysctls });
    expect(found).toMatchObject({
      'net.ipv4.ip_local_port_range': '8000 65535',
      'net.ipv4.ip_local_reserved_ports': 'your services',
      'net.ipv4.tcp_tw_reuse': '1',
      'net.ipv4.tcp_timestamps': undefined,
      'net.ipv4.tcp_fin_timeout': undefined,
      'net.core.somaxconn': undefined,
    });
  });
});

test.for([
  DEFAULT_RANGE,
  { ...DEFAULT_RANGE, 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_tw_recycle': '0' },
])('each note is at most three lines of the panel', (sysctls) => {
  const counters = { timeWaitNow: 262_144, timeWaitOverflow: 1_234_567 };
  const model = modelOf(timeWaits(3, 59_400), { sysctls, counters });
  for (const { name, meaning } of explainSysctls(model))
    expect(wrapWords(` ${name} ${meaning}`, 80).length).toBeLessThanOrEqual(3);
});

test('where the range cannot be read, no sysctl is said to be absent, nor what its default would mean', () => {
  const names = Object.keys(DEFAULT_RANGE) as (keyof typeof DEFAULT_RANGE)[];
  const nothing = Object.fromEntries(
    names.map((name) => [name, null]),
  ) as unknown as typeof DEFAULT_RANGE;
  const notes = explainSysctls(modelOf(connections(3), { sysctls: nothing }));
  expect(notes.length).toBeGreaterThan(5);
  for (const { name, missing, meaning } of notes) {
    const isInvented = name === 'net.ipv6.ip_local_port_range';
    expect([name, missing]).toEqual([name, isInvented ? 'absent' : 'not readable']);
    if (!isInvented) expect(meaning).toBe('Its value cannot be read from here.');
  }
  const [reuse] = explainSysctls(
    modelOf(connections(3), { sysctls: { ...DEFAULT_RANGE, 'net.ipv4.tcp_tw_reuse': null } }),
  ).filter(({ name }) => name === 'net.ipv4.tcp_tw_reuse');
  expect(reuse?.missing).toBe('absent');
});
