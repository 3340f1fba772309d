/** A cured outage: TIME_WAIT of both halves, which connect() filled before the eyes, is taken over from now on. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WitnessMemory } from '../../../../src/model/sample/bound-ports/witness-memory.ts';
import { sampleOf } from '../../../../src/model/sample/measure.ts';
import { SearchedPorts } from '../../../helpers/port-search.ts';
import { ReuseMemory } from '../../../../src/model/sample/reuse-memory.ts';
import { connections, reading, SMALL_RANGE } from '../../../helpers/sockets.ts';

const LOW = 40_000;
const SOCKET = { local: '10.0.3.7', remote: '10.0.9.21', remotePort: 8080 };
const OTHERS = connections(3, { remotePort: 9090 });

/** A machine that is looked at every so often. */
function machine(size: number, everyMs: number) {
  const ports = new SearchedPorts(LOW, size);
  const witnesses = new WitnessMemory();
  const reuseMemory = new ReuseMemory();
  let [nowMs, owed] = [0, 0];
  const look = () => {
    const sample = sampleOf(
      reading([...ports.sockets(nowMs, SOCKET), ...OTHERS], {
        takenAtMs: nowMs,
        // As on a machine that has been up for long.
        counters: { activeOpens: 1_000_000 + ports.opens, timeWaitReused: 1000 + ports.takenOver },
        sysctls: {
          ...SMALL_RANGE,
          'net.ipv4.ip_local_port_range': `${LOW} ${LOW + size - 1}`,
          'net.ipv4.tcp_tw_reuse': ports.isReused ? '1' : '0',
        },
      }),
      { witnesses, reuseMemory },
    );
    witnesses.push(sample);
    reuseMemory.push(sample);
    return sample;
  };
  /** Plays so many seconds at a rate; gives the samples. */
  const play = (seconds: number, perSecond: number) => {
    const samples = [];
    for (const endMs = nowMs + 1000 * seconds; nowMs < endMs;) {
      owed += (perSecond * everyMs) / 1000;
      for (; owed >= 1; owed--) ports.connectAndClose(nowMs + everyMs / 2);
      nowMs += everyMs;
      samples.push(look());
    }
    return samples;
  };
  return { ports, play };
}

const doubtful = (samples: ReturnType<ReturnType<typeof machine>['play']>) =>
  samples.flatMap(({ takenAtMs, groups, inferredHeld }) =>
    groups
      .filter(({ free, freeAtLeast }) => freeAtLeast < free || inferredHeld > 0)
      .map(({ label, free, freeAtLeast, uncertain }) => ({
        takenAtMs,
        label,
        free,
        freeAtLeast,
        uncertain,
      })),
  );

test('after an outage that was seen, tcp_tw_reuse leaves no port in doubt, whatever the rate', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 80 }).map((half) => 2 * half),
      fc.double({ min: 1.1, max: 5, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      fc.constantFrom(500, 1000, 2000),
      (size, times, timesLater, everyMs) => {
        const { ports, play } = machine(size, everyMs);
        const fullIn = 60 / times;
        play(fullIn + 8, (times * size) / 60);
        fc.pre(ports.refused > 0);
        ports.isReused = true;
        expect(doubtful(play(80, (timesLater * size) / 60))).toEqual([]);
        ports.isReused = false;
        expect(doubtful(play(10, (0.5 * size) / 60))).toEqual([]);
      },
    ),
    { numRuns: 10 },
  );
});

test.for([
  [900, 20, 10],
  [600, 12, 12],
  [900, 60, 40],
] as const)(
  '%d ports, %d closes/s until they run out, %d/s after the cure: none in doubt',
  ([size, before, after]) => {
    const { ports, play } = machine(size, 500);
    play(size / before + 8, before);
    expect(ports.refused).toBeGreaterThan(0);
    ports.isReused = true;
    expect(doubtful(play(80, after))).toEqual([]);
  },
);

test('what is bound once the rush has gone is found', () => {
  const { ports, play } = machine(400, 500);
  play(48, 10);
  ports.isReused = true;
  expect(doubtful(play(70, 1))).toEqual([]);
  ports.bindLast(20);
  const last = play(1, 1).at(-1);
  const other = last?.groups.find(({ remotePort }) => remotePort === 9090);
  expect(last?.inferredHeld).toBe(20);
  expect(other).toMatchObject({ free: 400 - 3 - 20, freeAtLeast: 400 - 3 - 20 });
});

test('tcp_tw_reuse off again: TIME_WAIT that counts again as used is not taken for bound', () => {
  const { ports, play } = machine(400, 500);
  play(48, 10);
  for (const isReused of [true, false, true, false]) {
    ports.isReused = isReused;
    expect(doubtful(play(12, 1))).toEqual([]);
  }
});
