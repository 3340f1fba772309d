import { describe, expect, it, test } from 'vitest';
import {
  parseSysctl,
  SYSCTL_NAMES,
  sysctlNumber,
  sysctlPath,
  type SysctlValues,
} from '../../src/kernel/sysctl.ts';

test('a sysctl is a file below the mount', () => {
  expect(sysctlPath('net.ipv4.tcp_tw_reuse')).toBe('sys/net/ipv4/tcp_tw_reuse');
});

test.each([
  ['32768\t60999\n', '32768 60999'],
  ['2\n', '2'],
  ['\n', ''],
  ['  a \t\n b  ', 'a b'],
])('blanks are folded: %j', (text, value) => expect(parseSysctl(text)).toBe(value));

describe('sysctlNumber', () => {
  const none = Object.fromEntries(SYSCTL_NAMES.map((name) => [name, null])) as SysctlValues;

  it.each([
    ['0', 0],
    ['131072', 131_072],
    [null, undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['0x10', undefined],
    ['1 2', undefined],
  ])('%j is %j', (text, expected) => {
    const values = { ...none, 'net.ipv4.tcp_fin_timeout': text };
    expect(sysctlNumber(values, 'net.ipv4.tcp_fin_timeout')).toBe(expected);
    expect(sysctlNumber(values, 'net.ipv4.tcp_tw_reuse')).toBeUndefined();
  });
});
