import { expect, test } from 'vitest';
import { WitnessMemory } from '../../../../src/model/sample/bound-ports/witness-memory.ts';
import { sampleOf } from '../../../../src/model/sample/measure.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

const LOW = 40_000;
const SIZE = 400;

/** Every second port of the range from this one on. */
const everySecond = (first: number) =>
  Array.from({ length: SIZE / 2 }, (_, index) => LOW + first + 2 * index);

/** Connections on ports that follow each other, as connect() takes them, or scattered, as bind() does. */
function onPorts(
  ports: readonly number[],
  order: 'in step' | 'scattered',
  socket: Partial<TestSocket> = {},
  from = 0,
) {
  const step = order === 'in step' ? 1 : 83;
  return (count: number) =>
    connections(count, socket).map((each, index) => ({
      ...each,
      localPort: ports[(from + step * index) % ports.length] ?? 0,
      inode: 1000 + index,
    }));
}

function look(sockets: readonly TestSocket[], reserved: readonly number[]) {
  const witnesses = new WitnessMemory();
  const sysctls = {
    ...SMALL_RANGE,
    'net.ipv4.ip_local_port_range': `${LOW} ${LOW + SIZE - 1}`,
    'net.ipv4.ip_local_reserved_ports': reserved.join(','),
  };
  const counters = { activeOpens: 1_000_000, timeWaitReused: 1 };
  let sample = sampleOf(reading(sockets, { sysctls, counters }), { witnesses });
  witnesses.push(sample);
  sample = sampleOf(reading(sockets, { sysctls, counters }), { witnesses });
  const group = (remote: string) =>
    sample.groups.find(({ remoteAddress }) => remoteAddress === remote);
  return { portSpace: sample.portSpace, first: group('10.0.9.21'), other: group('10.0.9.22') };
}

const OTHER = { local: '10.0.3.8', remote: '10.0.9.22' };

test.for([
  ['odd', everySecond(1), everySecond(0)],
  ['even', everySecond(0), everySecond(1)],
  ['nearly all even', everySecond(0).slice(19), everySecond(1)],
] as const)(
  'with the %s ports reserved parity tells nothing of scattered ones',
  ([, reserved, left]) => {
    const bound = onPorts(left, 'scattered')(60);
    const taken = new Set(bound.map(({ localPort }) => localPort));
    const free = left.filter((port) => !taken.has(port));
    const plain = onPorts(free, 'in step', OTHER, 10)(70);
    const { portSpace, first, other } = look([...bound, ...plain], reserved);
    const usable = SIZE - reserved.length;
    expect(portSpace).toMatchObject({ held: 0, usable, usableAtLeast: usable - 60 });
    expect(first).toMatchObject({ free: usable - 60, freeAtLeast: usable - 60 });
    expect(other).toMatchObject({ free: usable - 70, freeAtLeast: usable - 130 });
    expect(other?.uncertain).toBe(
      '60 ports were bound before connect(), or not: where hardly a port of one parity is usable, nothing tells.',
    );
    expect(first?.bindBeforeConnect.suspected).toBe(false);
  },
);

test('with a tenth of one parity left it still tells', () => {
  const reserved = everySecond(0).slice(20);
  const [first = 0] = everySecond(1);
  expect(first).toBe(LOW + 1);
  const { other } = look(
    [...onPorts(everySecond(1), 'scattered')(60), ...onPorts(everySecond(0), 'in step', OTHER)(5)],
    reserved,
  );
  expect(other?.uncertain).not.toContain('or not: where');
});

test('ports that connect() took one after the other, or that groups share by chance, are not in doubt', () => {
  const reserved = everySecond(1);
  const left = everySecond(0);
  const inStep = look(
    [...onPorts(left, 'in step')(60), ...onPorts(left, 'in step', OTHER)(40)],
    reserved,
  );
  expect(inStep.other).toMatchObject({ free: 160, freeAtLeast: 160 });
  const shared = look(
    [
      ...onPorts(left, 'scattered')(60),
      ...onPorts(left, 'scattered', { remote: '10.0.9.22' }, 110)(60),
    ],
    reserved,
  );
  expect(shared.other).toMatchObject({ free: 140, freeAtLeast: 140 });
});
