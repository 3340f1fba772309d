import { describe, expect, it } from 'vitest';
import { SocketTable } from '../../src/kernel/socket-table.ts';

const ROWS = 10_000;

/** Every column of row n holds another value, which must survive growing. */
function fill(table: SocketTable): void {
  for (let index = 0; index < ROWS; index++) {
    const row = table.addRow();
    table.tuple[row] = table.tuples.numberOf(
      index % 2 === 0 ? 4 : 6,
      0x0a000000 + index,
      0xc0a80000 + index,
      65_535 - index,
      index % 3,
    );
    table.state[row] = index % 13;
    table.localPort[row] = index;
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
        table.familyOf(row),
        table.localAddressOf(row),
        table.remoteAddressOf(row),
        table.remotePortOf(row),
        table.deviceIndexOf(row),
        table.state[row],
        table.localPort[row],
        table.timerMs[row],
        table.inode[row],
      ]).toEqual([
        row % 2 === 0 ? 4 : 6,
        0x0a000000 + row,
        0xc0a80000 + row,
        65_535 - row,
        row % 3,
        row % 13,
        row,
        row * 7,
        row * 11,
      ]);
    }
  });

  it('keeps its memory, and no row or address, after clear', () => {
    const table = new SocketTable();
    fill(table);
    table.ipv6.intern(0, 0, 0, 1);
    const columns = [table.tuple, table.inode];
    table.clear();
    expect(table.length).toBe(0);
    expect([table.ipv6.size, table.tuples.count]).toEqual([0, 0]);
    fill(table);
    expect([table.tuple, table.inode]).toEqual(columns);
    expect(table.tuple).toBe(columns[0]);
  });

  it('writes addresses of both families', () => {
    const table = new SocketTable();
    const id = table.ipv6.intern(0x20010db8, 0, 0, 0x15);
    expect(table.addressText(4, 0x0a000307)).toBe('10.0.3.7');
    expect(table.addressText(6, id)).toBe('2001:db8::15');
  });
});
