/** An outage that is over stays on the screen for a quarter of an hour, whatever has become of its group. */
import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import type { FrameSize } from '../helpers/ink-stdout.ts';
import { openApp } from '../helpers/open-app.tsx';
import { connections, IPV4, IPV6, sampleOfSockets, type TestSocket } from '../helpers/sockets.ts';

const NOON = sampleOfSockets([]).takenAtMs;

/** The model so many seconds after all ports were taken: what is left then has been so for that long. */
function modelAfter(
  seconds: number,
  full: readonly TestSocket[],
  left: readonly TestSocket[],
): Model {
  const stream = new ModelStream();
  const at = (second: number, sockets: readonly TestSocket[]) =>
    stream.next({ ...sampleOfSockets(sockets), takenAtMs: NOON + 1000 * second });
  at(0, full);
  at(1, left);
  return at(seconds, left);
}

const screenOf = (size: FrameSize, model: Model) => openApp(size, model).screen.lastText();

const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 100, rows: 30 },
  { columns: 120, rows: 40 },
];

const OTHER = connections(3, { remote: '10.0.9.22', remotePort: 9000 });
const SITUATIONS = [IPV4, IPV6].flatMap((own) => [
  { name: 'no group is left', own, left: [], port: ':8080' },
  { name: 'its group has room', own, left: connections(4, own), port: ':8080' },
  { name: 'another group is left', own, left: OTHER, port: ':8080' },
]);

describe.each(SIZES)('at $columns x $rows', (size) => {
  test.each(SITUATIONS)('where $name, from $own.local', ({ own, left, port }) => {
    const full = connections(100, own);
    for (const seconds of [62, 120, 959]) {
      const text = screenOf(size, modelAfter(seconds, full, left));
      const header = text.slice(0, text.search(/HEADROOM/));
      expect(header).toMatch(/out of ports/i);
      expect(header).toContain(port);
      expect(header).toMatch(/every port is free|\d%/);
    }
    expect(screenOf(size, modelAfter(960, full, left))).not.toMatch(/out of ports/i);
  });
});

test('at 40 x 10 in few words, and where there is room from when to when', () => {
  const lines = (columns: number, rows: number, left: readonly TestSocket[]) =>
    screenOf({ columns, rows }, modelAfter(120, connections(100), left)).split('\n');
  expect(lines(40, 10, []).slice(0, 2)).toEqual([
    '   No outgoing TCP: every port is free',
    '   ….0.9.21:8080 OUT OF PORTS 2 min ago',
  ]);
  expect(lines(40, 10, connections(4)).slice(0, 2)).toEqual([
    '   10.0.3.7 → 10.0.9.21:8080',
    '   OUT OF PORTS 2 min ago, 96.0% left',
  ]);
  expect(lines(80, 24, []).slice(1, 3)).toEqual([
    '   No outgoing TCP connections: every port is free.',
    '   10.0.3.7 → 10.0.9.21:8080 was out of ports from 12:00:00 to 12:00:00',
  ]);
  expect(lines(120, 40, [])[1]).toBe(
    '   No outgoing TCP: every port is free — 10.0.3.7 → 10.0.9.21:8080 was out of ports from 12:00:00 to 12:00:00',
  );
});
