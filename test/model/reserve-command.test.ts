import { expect, test } from 'vitest';
import { formatPortRanges, parseReservedPorts } from '../../src/kernel/port-range.ts';
import { canReserve, reservePorts } from '../../src/model/reserve-command.ts';
import { LONGEST_PORT_LIST } from '../../src/model/sample/full-range.ts';
import { SMALL_RANGE } from '../helpers/sockets.ts';

/** Single ports, six characters each: `10000,10002,…`. */
const scattered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    low: 10_000 + 2 * index,
    high: 10_000 + 2 * index,
  }));
const one = [{ low: 40_000, high: 40_000 }];

test('a list that sysctl can write is written as a whole', () => {
  expect(reservePorts([{ low: 8080, high: 8090 }], one)).toEqual({
    command: 'sysctl -w net.ipv4.ip_local_reserved_ports="8080-8090,40000"',
    list: '8080-8090,40000',
  });
});

test.for([
  // 6 · 666 + 5 characters are 4,001.
  [665, true],
  [666, false],
] as const)('%i single ports and one more: with sysctl %j', ([count, isShort]) => {
  const { command, list } = reservePorts(scattered(count), one);
  expect(formatPortRanges([...scattered(count), ...one]).length <= LONGEST_PORT_LIST).toBe(isShort);
  expect(list !== undefined).toBe(isShort);
  if (isShort) expect(command).toMatch(/^sysctl -w .*10000,10002,.*,40000"$/);
  else
    expect(command).toBe(
      'echo 40000 | dd of=/proc/sys/net/ipv4/ip_local_reserved_ports bs=4096 seek=1 conv=notrunc',
    );
});

test('a list of just 4,000 characters is written as a whole', () => {
  // 5 + 6 · 665 + 5.
  const { list } = reservePorts([{ low: 8080, high: 8080 }, ...scattered(665)], one);
  expect(list).toHaveLength(4000);
});

test('what is added is one write, however long its list, and lacks no port', () => {
  const added = scattered(3000).map(({ low }) => ({ low: low + 20_000, high: low + 20_000 }));
  const { command } = reservePorts(scattered(3000), added);
  const text = /^echo (\S+) \| dd /.exec(command)?.[1] ?? '';
  expect(text.length).toBeLessThanOrEqual(LONGEST_PORT_LIST);
  const written = parseReservedPorts(text, 'command');
  for (const { low } of added)
    expect(written.some((range) => range.low <= low && low <= range.high)).toBe(true);
});

test.for([
  ['', true],
  ['8080,9000-9010', true],
  ['x', false],
  [null, false],
] as const)('a list of %j can be added to: %j', ([value, expected]) => {
  expect(canReserve({ ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': value })).toBe(expected);
});
