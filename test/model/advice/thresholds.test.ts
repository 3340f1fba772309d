/** From which numbers on a rule speaks, and what it counts on, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../src/model/advice/advice.ts';
import { bindAddressNoPort } from '../../../src/model/advice/bind-address-no-port.ts';
import { pressureOn } from '../../../src/model/advice/cause.ts';
import { keepAlive } from '../../../src/model/advice/keep-alive.ts';
import { oddRange, portSearchCliff, reservedPorts } from '../../../src/model/advice/range-shape.ts';
import { moreDestinations, moreProxies, moreSources } from '../../../src/model/advice/spread.ts';
import { finWait2Orphans } from '../../../src/model/advice/stuck.ts';
import { enableTimeWaitReuse } from '../../../src/model/advice/time-wait.ts';
import { widenPortRange } from '../../../src/model/advice/widen-port-range.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import { limitReached } from '../../../src/model/limit-memory.ts';
import type { Sample } from '../../../src/model/sample/sample.ts';
import { connections, modelOf, SMALL_RANGE, type TestSocket } from '../../helpers/sockets.ts';

type Sysctls = Partial<typeof SMALL_RANGE>;

/** What a rule says of a group of 100 ports with these numbers. */
function suggest(
  rule: Rule,
  changes: Partial<GroupModel>,
  sysctls: Sysctls = {},
  sampleChanges: Partial<Sample> = {},
) {
  const model = modelOf(connections(1), { sysctls: { ...SMALL_RANGE, ...sysctls } });
  const [base] = model.groups;
  if (base === undefined) throw new Error('no group');
  const sample = { ...model.sample, ...sampleChanges };
  const group = { ...base, ...changes };
  return rule.suggest({ sample, group, pressure: pressureOn(sample, group) });
}

test.for([
  [50, undefined],
  [51, 2],
  [100, 2],
  [101, 3],
  [150, 3],
  [151, 4],
] as const)(
  '%i ports wanted of 100 are spread over %j, so that half are to spare',
  ([used, over]) => {
    for (const rule of [moreDestinations, moreSources, moreProxies]) {
      const suggestion = suggest(rule, { used, wantedPorts: 0 });
      expect(suggestion?.headroomAfter).toEqual(over && 100 - used / over);
      expect(suggest(rule, { used: 1, wantedPorts: used })?.title).toBe(suggestion?.title);
    }
  },
);

test('ports that nobody can use are not spread', () => {
  for (const rule of [moreDestinations, moreSources, moreProxies])
    expect(suggest(rule, { usable: 0, used: 10, wantedPorts: 10 })).toBeUndefined();
});

test.for([
  [undefined, 120, false, /At the present rate 80 are needed/],
  ['over', 120, false, /At the present rate 80 are needed/],
  ['dry', null, false, /At the present rate 80 are needed/],
  ['dry', 120, false, /destination\. 120 connections a second are wanted, for which 80 are/],
  ['dry', 120, true, /At least 120 connections a second are wanted, for which 80 are/],
] as const)(
  'out of ports (%s), with %j wanted a second, perhaps more (%j)',
  ([stage, mostDemandPerSecond, isDemandLowerBound, why]) => {
    const limit = stage && { ...limitReached(0), stage };
    const changes = { used: 80, wantedPorts: 0, mostDemandPerSecond, isDemandLowerBound };
    expect(suggest(moreProxies, { ...changes, limit })?.why).toMatch(why);
  },
);

test.for([
  [0, /destination\. 120 connections a second are wanted, for which 80 are/],
  [1, /destination\. 120 connections a second are wanted if no refused call is a retry, for which/],
] as const)(
  'with %i refusals in the last minute, retries may be among them',
  ([lastMinute, why]) => {
    const limit = { ...limitReached(0), stage: 'dry' as const };
    const connectFailures = {
      perSecond: 0,
      lastMinute,
      total: lastMinute,
      sinceMs: 0,
      lastAtMs: 0,
      processes: [],
    };
    const changes = { used: 80, wantedPorts: 0, mostDemandPerSecond: 120, limit, connectFailures };
    expect(suggest(moreProxies, { ...changes, isDemandLowerBound: false })?.why).toMatch(why);
  },
);

test.for([
  // Made before, wanted at most, whether it was refused: how many of 100 ports each.
  [undefined, 480, 1, 'over up to 577 destination'],
  [undefined, 480, 0, 'over 577 destination'],
  [120, 480, 1, 'over 145 to 577 destination'],
  [120, 150, 1, 'over 145 to 577 destination'],
  // Hardly more: no retries.
  [120, 149, 1, 'over up to 577 destination'],
  // One was not enough.
  [0.1, 480, 1, 'over 2 to 577 destination'],
] as const)('%j made before, %d wanted, %i refused: %s', ([before, most, lastMinute, title]) => {
  const connectFailures = { perSecond: 1, lastMinute, total: 1, processes: [] };
  const limit = { ...limitReached(0), madeBeforePerSecond: before };
  const group = { liveUsed: 10, usable: 100, wantedPorts: 28_810, mostDemandPerSecond: most };
  const found = suggest(moreDestinations, {
    ...group,
    isDemandLowerBound: false,
    limit,
    connectFailures,
  });
  expect(found?.title).toContain(title);
  if (/\d to 577/.test(title)) expect(found?.why).toContain('made before the ports ran out');
});

test.for([
  [30, true],
  [31, false],
] as const)('%i of 60 bound ports: another destination helps %j', ([ports, helps]) => {
  const bindBeforeConnect = { suspected: true, certain: true, ports };
  expect(suggest(moreDestinations, { used: 60, bindBeforeConnect }) !== undefined).toBe(helps);
});

describe('keep-alive', () => {
  test('leaves a tenth of what is in TIME_WAIT', () => {
    const group = { liveUsed: 10, timeWaitUsed: 50, closeRate: 5 };
    expect(suggest(keepAlive, group)?.headroomAfter).toBeCloseTo(85, 9);
  });

  test.for([
    [10, 10, 5, false],
    [10, 11, 5, true],
    // While all are refused, none is closed.
    [10, 11, 0, true],
  ] as const)('%i live, %i in TIME_WAIT, %i closes/s: %j', ([live, waiting, closeRate, told]) => {
    const group = { liveUsed: live, timeWaitUsed: waiting, closeRate };
    expect(suggest(keepAlive, group) !== undefined).toBe(told);
  });
});

test.for([
  [0, 0, false],
  [100, 0, false],
  [100, 1, true],
  [2000, 19, false],
  [2000, 20, true],
] as const)(
  'reuse that frees %2$i of %1$i ports is worth it: %3$j',
  ([usable, freedByReuse, worth]) => {
    expect(suggest(enableTimeWaitReuse, { usable, freedByReuse }) !== undefined).toBe(worth);
  },
);

test.for([
  [9, 1000, 'info'],
  [19, 2000, 'info'],
  [20, 2000, 'warning'],
  [199, 2000, 'warning'],
  [200, 2000, 'critical'],
] as const)('bind() that costs %i of %i ports: %s', ([lost, size, severity]) => {
  const range = { 'net.ipv4.ip_local_port_range': `40000 ${39_999 + size}` };
  const { groups } = modelOf(connections(1));
  const bindBeforeConnect = { suspected: true, certain: true, ports: lost };
  const binding = groups.map((group) => ({ ...group, bindBeforeConnect }));
  // So many connections in use that bind() is not the main cause.
  const used = size - lost - 1;
  const changes = { severity: 'critical', usable: size - lost, used, liveUsed: used } as const;
  expect(suggest(bindAddressNoPort, changes, range, { groups: binding })?.severity).toBe(severity);
});

test.for([
  [0, 0, undefined, 'It costs this group no ports.'],
  [0, 3, undefined, 'It may cost this group 3 ports.'],
  [0, 3, true, 'It costs this group no ports.'],
  [2, 3, undefined, 'It costs this group 2 ports.'],
] as const)('%i ports lost, %i in doubt (assumed: %j): %s', ([lost, doubt, isAssumed, why]) => {
  const { groups } = modelOf(connections(1));
  const bindBeforeConnect = { suspected: true, certain: false, ports: 5 };
  const binding = groups.map((group) => ({ ...group, bindBeforeConnect }));
  const changes = { usable: 100 - lost, free: 50, freeAtLeast: 50 - doubt };
  const all = { ...changes, ...(isAssumed && { isAssumed }) };
  expect(suggest(bindAddressNoPort, all, {}, { groups: binding })?.why).toMatch(why);
});

describe('reserved ports', () => {
  const told = (list: string) =>
    suggest(
      reservedPorts,
      {},
      {
        'net.ipv4.ip_local_port_range': '40000 40999',
        'net.ipv4.ip_local_reserved_ports': list,
      },
    ) !== undefined;

  test('are worth a question from a tenth of the range on', () => {
    expect(told('40001-40099')).toBe(false);
    expect(told('40001-40100')).toBe(true);
  });
});

/** What of a list of reserved ports is given back, in a range from 40000 to 40999. */
function reservedSuggestion(list: string) {
  const sysctls = {
    'net.ipv4.ip_local_port_range': '40000 40999',
    'net.ipv4.ip_local_reserved_ports': list,
  };
  return suggest(reservedPorts, {}, sysctls, { reservedInUse: [] });
}

test.for([
  ['40000-40099', 100, ''],
  ['39999-40100', 101, '39999'],
  ['40900-40999', 100, ''],
  ['40898-41001', 102, '41000-41001'],
] as const)('of %s the %i ports in the range are given back: %j stays', ([list, freed, kept]) => {
  const { title, commands } = reservedSuggestion(list) ?? {};
  expect(title).toMatch(`Give back ${freed} reserved ports`);
  expect(commands).toEqual([`sysctl -w net.ipv4.ip_local_reserved_ports="${kept}"`]);
});

test.for([
  [undefined, undefined, 450, /^450 ports were taken/],
  [undefined, 'in doubt', 450, /^900 ports were taken/],
  [true, undefined, 450, /^450 ports .* The ports of \S+ → \S+ are bound by number/],
] as const)(
  'two groups with the same bound ports hold them once, unless some are in doubt: by number %j, %j',
  ([byNumber, uncertain, inferredHeld, why]) => {
    const { groups } = modelOf([1, 2].flatMap((n) => connections(1, { remote: `10.0.9.${n}` })));
    const bindBeforeConnect = { suspected: true, certain: true, ports: 450, byNumber };
    const binding = groups.map((group) => ({ ...group, uncertain, bindBeforeConnect }));
    const found = suggest(bindAddressNoPort, {}, {}, { groups: binding, inferredHeld });
    expect(found?.why).toMatch(why);
    expect(found?.title).toMatch(byNumber === true ? /^Leave the source port/ : /^Set IP_BIND/);
  },
);

test('ports that only seem to be bound are counted, though none is held for sure', () => {
  const { groups } = modelOf(connections(1));
  const bindBeforeConnect = { suspected: true, certain: false, ports: 30 };
  const binding = groups.map((group) => ({ ...group, bindBeforeConnect }));
  const found = suggest(bindAddressNoPort, {}, {}, { groups: binding, inferredHeld: 0 });
  expect(found?.why).toMatch(/^30 ports seem to have been taken/);
});

test.for([
  // "2000,2002,…" takes 5 characters a port, and 10000 takes 6, of which the last has no comma.
  ['10000', true],
  ['10000,1000', true],
  ['10000,12000', false],
] as const)(
  'a list that would be too long for a write is not written: %s at its end',
  ([end, told]) => {
    const kept = Array.from({ length: 800 - end.split(',').length }, (_, n) => 2000 + 2 * n);
    const suggestion = reservedSuggestion([...kept, end, '40000-40099'].join());
    expect(suggestion !== undefined).toBe(told);
  },
);

test.for([
  [15, []],
  [16, ['sysctl -w net.ipv4.tcp_fin_timeout=15']],
] as const)('a tcp_fin_timeout of %i s is changed by %j', ([seconds, commands]) => {
  const group = { used: 50, liveUsed: 50, byState: { FIN_WAIT2: 50 }, orphanedFinWait2: 50 };
  const sysctls = { 'net.ipv4.tcp_fin_timeout': String(seconds) };
  expect(suggest(finWait2Orphans, group, sysctls)?.commands).toEqual(commands);
});

test.for([
  [24, /half closed/],
  [25, /Wait 15 s/],
] as const)('%i of 50 without a process: %j', ([orphanedFinWait2, title]) => {
  const group = { used: 50, liveUsed: 50, byState: { FIN_WAIT2: 50 }, orphanedFinWait2 };
  expect(suggest(finWait2Orphans, group)?.title).toMatch(title);
});

test.for([
  [49, 45, false],
  [50, 44, false],
  [50, 45, true],
] as const)('%i of 100 ports in use, %i of the first half: a cliff (%j)', ([used, first, told]) => {
  const parity = { first: { usable: 50, used: first }, second: { usable: 50, used: used - first } };
  expect(suggest(portSearchCliff, { used, parity }) !== undefined).toBe(told);
});

test('no ports at all have no cliff', () => {
  const none = { usable: 0, used: 0 };
  const changes = { ...none, parity: { first: none, second: none } };
  expect(suggest(portSearchCliff, changes)).toBeUndefined();
});

test.for([
  ['1023 65535', undefined],
  ['1024 65534', '1024 65535'],
  ['1025 65535', '1024 65535'],
  ['1026 65534', '1026 65535'],
  ['1024 65535', undefined],
] as const)('a range %s is made even: %j', ([range, even]) => {
  const sysctls = { 'net.ipv4.ip_local_port_range': range };
  expect(suggest(oddRange, {}, sysctls)?.commands).toEqual(
    even && [`sysctl -w net.ipv4.ip_local_port_range="${even}"`],
  );
});

test.for([
  [3, /: 10; 10\.0\.3\.7 → 10\.0\.9\.2:8080: 9; 10\.0\.3\.7 → 10\.0\.9\.3:8080: 8\)/],
  [4, /10\.0\.9\.3:8080: 8; and 1 other groups\)/],
] as const)('of %i groups that bind, three are named', ([count, why]) => {
  const { groups } = modelOf(
    Array.from({ length: count }, (_, index) =>
      connections(1, { remote: `10.0.9.${index + 1}` }),
    ).flat(),
  );
  const binding = groups
    .toSorted((a, b) => (a.label < b.label ? -1 : 1))
    .map((group, index) => ({
      ...group,
      bindBeforeConnect: { suspected: true, certain: true, ports: 10 - index },
    }));
  expect(suggest(bindAddressNoPort, {}, {}, { groups: binding })?.why).toMatch(why);
});

test.for([
  // "2000,2002,…" takes 5 characters a port, less one: 60 is one more than 12 of them.
  [12, /2022(?!.* in all)/],
  [13, /,2022 and others, 13 in all/],
] as const)('of %i listening ports the caution names what fits', ([count, caution]) => {
  const ports = Array.from({ length: count }, (_, index) => 2000 + 2 * index);
  const listeners = ports.map((localPort): TestSocket => ({
    local: '0.0.0.0',
    localPort,
    state: 'LISTEN',
  }));
  const { sample, groups } = modelOf([...connections(90), ...listeners]);
  const [group] = groups;
  if (group === undefined) throw new Error('no group');
  const pressure = pressureOn(sample, group);
  expect(widenPortRange.suggest({ sample, group, pressure })?.caution).toMatch(caution);
});

describe('a step of risk has to bring ten percent of headroom', () => {
  /** Whether to give back reserved ports (risk 2) comes before further source addresses (3). */
  function reservedComesFirst(used: number): boolean {
    const sockets = Array.from({ length: used }, (_, index) =>
      connections(1, { localPort: index < 345 ? 40_000 + 2 * index : 39_311 + 2 * index }),
    ).flat();
    const sysctls = {
      ...SMALL_RANGE,
      'net.ipv4.ip_local_port_range': '40000 40999',
      'net.ipv4.ip_local_reserved_ports': '40690-40999',
    };
    const ids = modelOf(sockets, { sysctls }).advice.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['reserved-ports', 'more-sources']));
    return ids.indexOf('reserved-ports') < ids.indexOf('more-sources');
  }

  test.for([
    // Two sources for 690 ports each, or 1000 ports, in steps of 5 %: 65 and 55 %, and then 65 and 50 %.
    [474, true],
    [476, false],
  ] as const)('with %i ports in use the lesser risk is first: %j', ([used, expected]) => {
    expect(reservedComesFirst(used)).toBe(expected);
  });
});
