import { describe, expect, test } from 'vitest';
import { detailLines } from '../../src/format/group-detail.ts';
import {
  connections,
  modelOf,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../helpers/sockets.ts';

const RAMP = '▁▂▃▄▅▆▇█';

function detailOf(sockets: readonly TestSocket[], range = '40000 40099', index = 0): string {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': range };
  const model = modelOf(sockets, { sysctls });
  const group = model.groups[index];
  if (group === undefined) throw new Error(`no group ${index}`);
  return detailLines(model, group, RAMP).join('\n');
}

/** Connections as bind((ip, 0)) before connect() leaves them: on odd ports. */
const bound = (count: number) =>
  connections(count).map((socket) => ({ ...socket, localPort: socket.localPort + 1 }));

describe('the detail of a group', () => {
  test('adds up: usable, used, states', () => {
    const detail = detailOf([...connections(20), ...timeWaits(10, 55_000, {}, 40_040)]);
    expect(detail).toContain('70.0% headroom: 70 connect() calls succeed now');
    expect(detail).toContain('usable 100 = range 100 - reserved 0 - held by bind() 0');
    expect(detail).toContain('used   30 = live 20 + TIME_WAIT 10');
    expect(detail).toContain('states ESTABLISHED 20  TIME_WAIT 10');
  });

  test('shows the two halves of the port search, and which side of the cliff this is', () => {
    const before = detailOf(connections(20));
    expect(before).toContain('even ports  20 of 50 in use\nodd ports  0 of 50 in use');
    expect(before).toContain('The cliff is at 50%');
    const past = detailOf(connections(60));
    expect(past).toContain('even ports  50 of 50 in use\nodd ports  10 of 50 in use');
    expect(past).toContain('Past the cliff: the even ports are used up');
  });

  test('names the halves by the parity of the first port', () => {
    const sockets = connections(5).map((socket) => ({
      ...socket,
      localPort: socket.localPort + 1,
    }));
    expect(detailOf(sockets, '40001 40100')).toContain('odd ports  5 of 50 in use');
  });

  test('explains the last port of an odd-sized range', () => {
    expect(detailOf(connections(1), '40000 40100')).toContain('by luck only (±1)');
    expect(detailOf(connections(1))).not.toContain('±1');
  });

  test('gives the evidence of bind() before connect(), and what it costs the others', () => {
    const others = connections(5, { remotePort: 9090 });
    const sockets = [...bound(15), ...others];
    expect(detailOf(sockets)).toContain('15 odd ports are taken while 50 even ones are free');
    expect(detailOf(sockets)).toContain('set IP_BIND_ADDRESS_NO_PORT before bind()');
    expect(detailOf(sockets, undefined, 1)).toContain(
      'bind() before connect() in other groups holds 15 ports that are lost here too.',
    );
    expect(detailOf(sockets, undefined, 1)).toContain('held by bind() 15');
  });

  test('says so where survivors of a rush would explain the ports as well', () => {
    expect(detailOf([...connections(5), ...bound(6)])).toContain('outlived a rush');
  });

  test('shows the closes of the last minute and the drain of the next, around now', () => {
    const detail = detailOf(timeWaits(40, 30_500));
    const [, side] = /60 s ago (.{24})│\1 in 60 s/.exec(detail) ?? [];
    expect(side?.trim()).toBe('█');
    expect(detail).toContain('to leave, right of it');
    expect(detail).not.toContain('at the latest');
  });

  test('says where the schedule is an upper bound', () => {
    const reuse = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' };
    const model = modelOf(timeWaits(40, 30_500), { sysctls: reuse });
    const [group] = model.groups;
    const lines = group === undefined ? [] : detailLines(model, group, RAMP);
    expect(lines.join('\n')).toContain('to leave at the latest');
    expect(lines.join('\n')).toContain('connect() takes some over before their time');
    const full = modelOf(timeWaits(40, 30_500), { counters: { timeWaitNow: 131_000 } });
    const [same] = full.groups;
    const text = same === undefined ? '' : detailLines(full, same, RAMP).join('\n');
    expect(text).toContain('tcp_max_tw_buckets is reached');
  });

  test('shows what is remembered of the ports in use', () => {
    const model = modelOf(connections(8));
    const [group] = model.groups;
    const used = [undefined, undefined, 2, 4, undefined, 8];
    const lines = group === undefined ? [] : detailLines(model, group, RAMP, used);
    expect(lines.find((line) => line.startsWith('used before'))).toMatch(
      /^used before\s+4 s ago ▂▄ █ now$/,
    );
  });
});
