import { describe, expect, test } from 'vitest';
import { detailLines, type DetailProps } from '../../src/format/group-detail.ts';
import { lineText, lineWidth } from '../../src/format/styled-line.ts';
import {
  connections,
  modelOf,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../helpers/sockets.ts';

type Sockets = readonly TestSocket[];

function detailLinesOf(
  sockets: Sockets,
  overrides: Parameters<typeof modelOf>[1] = {},
  { index = 0, ...props }: Partial<DetailProps> & { index?: number } = {},
): string[] {
  const model = modelOf(sockets, overrides);
  const group = model.groups[index];
  if (group === undefined) throw new Error(`no group ${index}`);
  const given = { model, group, usedBefore: [], width: 300, rows: 60, ...props };
  return detailLines(given).map(lineText);
}

function detailOf(sockets: Sockets, range = '40000 40099', index = 0): string {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': range };
  return detailLinesOf(sockets, { sysctls }, { index }).join('\n');
}

/** Connections as bind((ip, 0)) before connect() leaves them: on odd ports, here and there. */
const bound = (count: number) =>
  connections(count).map((socket, index) => ({
    ...socket,
    localPort: 40_001 + 2 * ((17 * index) % 50),
  }));

describe('the detail of a group', () => {
  test('adds up: usable, used, states', () => {
    const detail = detailOf([...connections(20), ...timeWaits(10, 55_000, {}, 40_040)]);
    expect(detail).toContain('70.0% headroom: 70 connect() calls succeed now');
    expect(detail).toContain('usable   100 = range 100 - reserved 0 - held by bind() 0');
    expect(detail).toContain('used     30 = live 20 + TIME_WAIT 10');
    expect(detail).toContain('states   ESTABLISHED 20  TIME_WAIT 10');
  });

  test('of a group that has gone is told as such, without what another moment would make of it', () => {
    const sockets = [...connections(20), ...timeWaits(10, 55_000, {}, 40_040)];
    const lines = detailLinesOf(sockets, {}, { isGone: true });
    expect(lines[0]).toMatch(/ {2}has gone: these are its last figures$/);
    expect(lines.join('\n')).toContain('used     30 = live 20 + TIME_WAIT 10');
    expect(lines.join('\n')).not.toMatch(/succeed now|forecast|range|PORTS IN USE/);
  });

  test('shows the two halves of the port search, and which side of the cliff this is', () => {
    const before = detailOf(connections(20));
    expect(before).toContain('even ports  20 of 50 in use\n40000');
    expect(before).toContain('odd ports  0 of 50 in use\n40001');
    expect(before).toContain(
      '┊ cliff: past it connect() is slow: it first checks all 50 even ports',
    );
    const past = detailOf(connections(60));
    expect(past).toContain('even ports  50 of 50 in use\n');
    expect(past).toContain('odd ports  10 of 50 in use\n');
    expect(past).toContain('┊ past the cliff connect() is slow: it first checks all 50 even ports');
  });

  test('names the halves by the parity of the first port', () => {
    const sockets = connections(5).map((socket) => ({
      ...socket,
      localPort: socket.localPort + 1,
    }));
    expect(detailOf(sockets, '40001 40100')).toContain('odd ports  5 of 50 in use');
  });

  test('explains the last port of an odd-sized range', () => {
    expect(detailOf(connections(1), '40000 40100')).toContain('only by luck (±1)');
    expect(detailOf(connections(1))).not.toContain('±1');
  });

  test('gives the evidence of bind() before connect(), and what it costs the others', () => {
    const others = connections(5, { remotePort: 9090 });
    const sockets = [...bound(15), ...others];
    expect(detailOf(sockets)).toContain('15 odd ports are taken while 50 even ones are free');
    expect(detailOf(sockets)).toContain('set IP_BIND_ADDRESS_NO_PORT before bind()');
    expect(detailOf(sockets)).toContain(
      'Evidence: A rush would leave as many ports of both halves; there are 15 beside 0.',
    );
    expect(detailOf(sockets, undefined, 1)).toContain(
      'bind() before connect() in other groups holds 15 ports that are lost here too.',
    );
    expect(detailOf(sockets, undefined, 1)).toContain('held by bind() 15');
  });

  test('counts as lost to the others what is taken off their ports only', () => {
    // As many odd as even ports, which a rush explains as well.
    const others = connections(5, { remotePort: 9090 });
    const sockets = [...connections(30), ...bound(35), ...others];
    const rush = { counters: { activeOpens: 200 } };
    const group = modelOf(sockets, rush).groups.findIndex(({ remotePort }) => remotePort === 9090);
    const detail = detailLinesOf(sockets, rush, { index: group }).join('\n');
    expect(detail).toContain('5 of 100');
    expect(detail).toContain('held by bind() 0');
    expect(detail).not.toContain('lost here too');
    expect(detail).toContain(
      'Only 60 connect() calls are certain to succeed. 35 ports of the half that connect() takes last',
    );
    const own = detailLinesOf(sockets, rush, { index: 1 - group }).join('\n');
    expect(own).toContain('35 odd ports are taken');
    expect(own).toContain('Or they remain from a rush in which all even ports were taken.');
  });

  test('says where the schedule is an upper bound', () => {
    const reuse = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' };
    const text = detailLinesOf(timeWaits(40, 30_500), { sysctls: reuse }).join('\n');
    expect(text).toContain('TIME_WAIT by age, and by time left (at most)');
    expect(text).toContain('connect() takes some over early');
    const narrow = { width: 38 };
    const lines = detailLinesOf(timeWaits(40, 30_500), { sysctls: reuse }, narrow);
    expect(lines).toContain('TIME_WAIT by time left (at most)');
    const full = { counters: { timeWaitNow: 131_000 } };
    const bounded = detailLinesOf(timeWaits(40, 30_500), full).join('\n');
    expect(bounded).toContain('tcp_max_tw_buckets is reached');
    expect(detailOf(timeWaits(40, 30_500))).not.toContain('at the latest');
  });

  test('gives the forecast with what it assumes', () => {
    // Ten closes a second for 5 s: 600 ports would be taken in a minute.
    const closes = [55, 56, 57, 58, 59].flatMap((second, index) =>
      timeWaits(10, second * 1000 + 500, {}, 40_000 + 10 * index),
    );
    const text = detailOf(closes);
    expect(text).toMatch(/^forecast out of ports in \d+ s/m);
    expect(text).toMatch(
      /^if {7}\d+(\.\d)? closes\/s continue, each holding its port for 60 s; growth of live connections is not known yet$/m,
    );
    expect(detailOf(connections(3))).toMatch(/^forecast settles at 3 of 100 ports in use/m);
  });

  test.each([
    [
      'a rate',
      (second: number) => (second < 30 ? 20 : 0),
      /^if {7}20 closes\/s continue, each holding/m,
    ],
    [
      'a rate that grows',
      (second: number) => Math.max(0, 60 - 2 * second),
      /^if {7}(59|60|61) closes\/s, and 2\.0 more each second for 29 s, continue, each/m,
    ],
    [
      'bursts',
      (second: number) => (second % 5 === 0 ? 100 : 0),
      /^if {7}bursts of 100 closes, one every 5\.0 s, continue, each/m,
    ],
  ])('says which closes it counts on: %s', (_, closesAt, line) => {
    // Closed so many seconds ago, on ports of their own.
    const closes = Array.from({ length: 60 }, (__, second) =>
      Array.from({ length: closesAt(second) }, () => 59_999 - 1000 * second),
    ).flat();
    const sockets = closes.map((leftMs, index) => ({
      ...(timeWaits(1, leftMs)[0] ?? { local: '' }),
      localPort: 32_768 + index,
    }));
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };
    expect(detailLinesOf(sockets, { sysctls }).join('\n')).toMatch(line);
  });

  test('draws the ports in use before and after now, and where they end', () => {
    const closes = [55, 56, 57, 58, 59].flatMap((second, index) =>
      timeWaits(10, second * 1000 + 500, {}, 40_000 + 10 * index),
    );
    const usedBefore = Array.from({ length: 30 }, () => 50);
    const lines = detailLinesOf(closes, {}, { usedBefore, width: 78, rows: 24 });
    const start = lines.indexOf('PORTS IN USE, past and forecast');
    const [top = '', second = '', middle = '', low = '', labels = ''] = lines.slice(start + 1);
    expect(top).toMatch(/^ {3}100 ┤ {34}│/);
    // Half of the ports, for 15 of 17 columns of 2 s each; then more, up to all.
    expect(middle).toMatch(/^ {4}50 ┊ {19}█{15}│█+$/);
    expect(low).toMatch(/^ {7}│ {19}█{15}│█+$/);
    expect(second.split('│').at(-1)).toMatch(/^ *[▁-█]*█+$/);
    expect(labels).toMatch(/^ {7}└68 s ago +now ▲ none left in \d s +in 68 s$/);
  });

  test('draws TIME_WAIT by age and by the time that is left, with numbers', () => {
    // 40 that were closed half a minute ago, and leave in half a minute.
    const lines = detailLinesOf(timeWaits(40, 30_500));
    const row = lines.find((line) => line.includes('40/s ┤')) ?? '';
    const [, ages = '', left = ''] = /40\/s ┤(.{60})│(.*)$/.exec(row) ?? [];
    expect(ages.indexOf('█')).toBe(ages.length / 2);
    expect(left.indexOf('█')).toBe(ages.length / 2);
    expect([...ages, ...left].filter((cell) => cell === '█')).toHaveLength(2);
    expect(lines.join('\n')).toMatch(/└60 s old +now +in 60 s$/m);
  });

  test('has its charts side by side where there is room, higher where all fits', () => {
    const heightAt = (width: number, rows: number) => {
      const lines = detailLinesOf(connections(8), {}, { width, rows });
      const start = lines.findIndex((line) => line.startsWith('PORTS IN USE'));
      const end = lines.findIndex((line) => line.includes('└'));
      return { height: end - start - 1, isBeside: lines[start]?.includes('TIME_WAIT by age') };
    };
    expect(heightAt(78, 17)).toEqual({ height: 4, isBeside: false });
    expect(heightAt(118, 26)).toEqual({ height: 8, isBeside: true });
    expect(heightAt(198, 53)).toEqual({ height: 14, isBeside: true });
  });

  test('says why there is no map of the ports', () => {
    const model = modelOf(connections(8));
    const [group] = model.groups;
    if (group === undefined) throw new Error('no group');
    const undrawn = { ...group, portUse: undefined };
    const text = detailLines({ model, group: undrawn, usedBefore: [], width: 200, rows: 60 })
      .map(lineText)
      .join('\n');
    expect(text).toContain('even ports  8 of 50 in use');
    expect(text).toContain('The map of ports is kept for the 20 largest groups');
  });

  test.each([36, 58, 78, 118, 198])('has no line wider than %i columns', (width) => {
    const model = modelOf([...bound(15), ...connections(5, { remotePort: 9090 })]);
    for (const group of model.groups) {
      const lines = detailLines({ model, group, usedBefore: [1, 2, 3], width, rows: 20 });
      expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(width);
    }
  });
});
