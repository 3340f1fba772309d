import { expect, test } from 'vitest';
import { speakingSeconds } from '../../../src/ui/speech/speaking-time.ts';

/** As long as espeak-ng 1.51 took for them, at its usual pace. */
const MEASURED: readonly [line: string, seconds: number][] = [
  ['No outgoing TCP connections: every port is free.', 3.5],
  ['Machine vm: ports 40000 to 40399, 400 of them, tcp_tw_reuse off, 0 in TIME WAIT.', 9.4],
  [
    'Warning: 10.9.9.1 to 10.9.9.1 port 8080 runs out of ports in 89 seconds; 386 of 400 are left. Press the letter a for what to do about it. 17:32:08.',
    15.2,
  ],
  ['Critical: 10.9.9.1 port 8080 runs out of ports in 9 seconds; 79 are left.', 7.6],
  [
    'Critical: 10.9.9.1 port 8080 is out of ports: 5 of 12 connections per second are refused. 17:32:35.',
    10.3,
  ],
  [
    'Recovering: 10.9.9.1 port 8080 was out of ports 48 seconds ago and has 34 percent of its ports left now. 17:34:27.',
    11.7,
  ],
  [
    'Healthy: the fullest group, 10.9.9.1 port 8080, has 74.8 percent of its ports left. 17:34:47.',
    10.6,
  ],
];

test.for(MEASURED)('%s', ([line, seconds]) => {
  const estimated = speakingSeconds([line]);
  expect(estimated).toBeGreaterThan(seconds * 0.85);
  expect(estimated).toBeLessThan(seconds * 1.15);
});

test('what is to be copied is spoken too, and nothing takes no time', () => {
  expect(speakingSeconds([])).toBe(0);
  expect(speakingSeconds(['ab', { verbatim: 'c1' }])).toBeCloseTo(3 * 0.08 + 0.35);
});
