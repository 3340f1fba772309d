import { describe, expect, it } from 'vitest';
import { SocketTable } from '../../src/kernel/socket-table.ts';

const ROWS = 10_000;

/** Every column of row n holds another value, which must survive growing. */
function fill(table: SocketTable): void {
  for (let index = 0; index < ROWS; index++) {
    const row = table.addRow();
    table.family[row] = index % 2 === 0 ? 4 : 6;
    table.state[row] = index % 13;
    table.timer[row] = index % 5;
    table.localPort[row] = index;
    table.remotePort[row] = 65_535 - index;
    table.localAddress[row] = 0x0a000000 + index;
    table.remoteAddress[row] = 0xc0a80000 + index;
    table.timerMs[row] = index * 7;
    table.inode[row] = index * 11;
  }
}

describe('SocketTable', () => {
  it('keeps all columns when it grows', () => {
    const table = new SocketTable();
    fill(table);
    expect(table.length).toBe(ROWS);
    for (let row = 0; row < ROWS; row++) {
      expect([
        table.family[row],
        table.state[row],
        table.timer[row],
        table.localPort[row],
        table.remotePort[row],
        table.localAddress[row],
        table.remoteAddress[row],
        table.timerMs[row],
        table.inode[row],
      ]).toEqual([
        row % 2 === 0 ? 4 : 6,
        row % 13,
        row % 5,
        row,
        65_535 - row,
        0x0a000000 + row,
        0xc0a80000 + row,
        row * 7,
        row * 11,
      ]);
    }
  });

  it('keeps its memory, and no row or address, after clear', () => {
    const table = new SocketTable();
    fill(table);
    table.ipv6.intern(0, 0, 0, 1);
    const columns = [table.family, table.inode];
    table.clear();
    expect(table.length).toBe(0);
    expect(table.ipv6.size).toBe(0);
    fill(table);
    expect([table.family, table.inode]).toEqual(columns);
    expect(table.family).toBe(columns[0]);
  });

  it('writes addresses of both families', () => {
    const table = new SocketTable();
    const id = table.ipv6.intern(0x20010db8, 0, 0, 0x15);
    expect(table.addressText(4, 0x0a000307)).toBe('10.0.3.7');
    expect(table.addressText(6, id)).toBe('2001:db8::15');
  });
});
