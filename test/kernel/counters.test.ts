import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCounterPairs, parseSockstatTcp, tcpCounters } from '../../src/kernel/counters.ts';
import { ParseError } from '../../src/kernel/parse-error.ts';
import { FIXTURE_PROC } from '../helpers/fixture.ts';

const recorded = (name: string) => readFileSync(join(FIXTURE_PROC, 'net', name), 'utf8');

describe('the recorded counters', () => {
  it('of snmp', () => {
    const groups = parseCounterPairs(recorded('snmp'), 'snmp');
    expect([...groups.keys()]).toEqual(['Ip', 'Icmp', 'Tcp', 'Udp', 'UdpLite']);
    expect(Object.fromEntries(groups.get('Tcp') ?? [])).toMatchObject({
      RtoMax: 120_000,
      MaxConn: -1,
      ActiveOpens: 21,
      PassiveOpens: 21,
      AttemptFails: 0,
      CurrEstab: 23,
      InCsumErrors: 0,
    });
  });

  it('of netstat', () => {
    const groups = parseCounterPairs(recorded('netstat'), 'netstat');
    expect([...groups.keys()]).toEqual(['TcpExt', 'IpExt', 'MPTcpExt']);
    expect(Object.fromEntries(groups.get('TcpExt') ?? [])).toMatchObject({
      TW: 10,
      TWRecycled: 0,
      TCPHPHits: 0,
      TCPPureAcks: 31,
      TCPTimeWaitOverflow: 0,
      TCPOrigDataSent: 19,
      TCPDelivered: 40,
    });
  });

  it('of sockstat, the line of TCP', () => {
    const values = parseSockstatTcp(recorded('sockstat'), 'sockstat');
    expect(Object.fromEntries(values)).toEqual({ inuse: 14, orphan: 0, tw: 10, alloc: 27, mem: 0 });
  });

  it('put together', () => {
    const counters = tcpCounters({
      snmp: parseCounterPairs(
        'Tcp: AttemptFails ActiveOpens PassiveOpens EstabResets CurrEstab\nTcp: 3 4 10 11 12\n',
        'snmp',
      ),
      netstat: parseCounterPairs(
        'TcpExt: TCPTimeWaitOverflow TWRecycled\nTcpExt: 5 6\n',
        'netstat',
      ),
      sockstatTcp: parseSockstatTcp('TCP: inuse 1 orphan 8 tw 7 alloc 9\n', 'sockstat'),
      sockstatTcp6: parseSockstatTcp('TCP6: inuse 2\n', 'sockstat6'),
    });
    expect(counters).toEqual({
      activeOpens: 4,
      attemptFails: 3,
      timeWaitReused: 6,
      timeWaitOverflow: 5,
      timeWaitNow: 7,
      passiveOpens: 10,
      resets: 11,
      establishedNow: 12,
      inUseNow: 3,
      orphansNow: 8,
      allocatedNow: 9,
    });
  });
});

describe('what is not told is unknown', () => {
  const unknown = {
    activeOpens: undefined,
    attemptFails: undefined,
    timeWaitReused: undefined,
    timeWaitOverflow: undefined,
    timeWaitNow: undefined,
    passiveOpens: undefined,
    resets: undefined,
    establishedNow: undefined,
    inUseNow: undefined,
    orphansNow: undefined,
    allocatedNow: undefined,
  };

  it('without any file', () => expect(tcpCounters({})).toEqual(unknown));

  it('in files of a kernel that has no such counter', () => {
    const snmp = parseCounterPairs('Tcp: ActiveOpens\nTcp: 9\n', 'snmp');
    const netstat = parseCounterPairs('', 'netstat');
    const sockstatTcp = parseSockstatTcp('TCP: inuse 1\n', 'sockstat');
    expect(tcpCounters({ snmp, netstat, sockstatTcp })).toEqual({
      ...unknown,
      activeOpens: 9,
      inUseNow: 1,
    });
  });
});

describe('garbage is quoted', () => {
  const pairs: [what: string, text: string, line: number, field: string, got: string][] = [
    ['a value too few', 'Tcp: A B\nTcp: 1\n', 2, 'the values of Tcp:', 'Tcp: 1'],
    ['a value too many', 'Tcp: A\nTcp: 1 2\n', 2, 'the values of Tcp:', 'Tcp: 1 2'],
    ['another group', 'Tcp: A\nUdp: 1\n', 2, 'the values of Tcp:', 'Udp: 1'],
    ['names without values', 'Tcp: A\nTcp: 1\nIp: A\n', 4, 'the values of Ip:', ''],
    ['escape codes', 'Tcp: A\n\u001b[2J\n', 2, 'the values of Tcp:', '\u001b[2J'],
  ];

  it.each(pairs)('%s', (_, text, line, field, got) => {
    expect(() => parseCounterPairs(text, '/net/snmp')).toThrow(
      new ParseError({ file: '/net/snmp', line, field, got }),
    );
  });

  it('a sockstat without TCP', () => {
    const field = 'the TCP line';
    expect(() => parseSockstatTcp('UDP: inuse 0\n', '/net/sockstat')).toThrow(
      new ParseError({ file: '/net/sockstat', field, got: 'UDP: inuse 0' }),
    );
  });
});

describe('what is no number is refused', () => {
  it.each([
    ['Tcp: ActiveOpens AttemptFails\nTcp: x 1\n', 'f line 2: cannot read ActiveOpens from "x"'],
    [
      'Tcp: ActiveOpens AttemptFails\nTcp: 1 \n',
      'f line 2: cannot read the values of Tcp: from "Tcp: 1 "',
    ],
    ['\u001b[2JX A\nY\n', 'f line 2: cannot read the values of \\x1b[2JX from "Y"'],
  ])('%j', (text, message) => {
    expect(() => parseCounterPairs(text, 'f')).toThrow(message);
  });

  it('in sockstat', () => {
    expect(() => parseSockstatTcp('TCP: inuse 1 tw many\n', 'f')).toThrow(
      'cannot read TCP tw from "many"',
    );
    expect(() => parseSockstatTcp('TCP: inuse\n', 'f')).toThrow('cannot read TCP inuse from ""');
  });
});
