import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnswerError } from '../../../src/kernel/elsewhere/answer.ts';
import { rowsOfColumns } from '../../../src/kernel/elsewhere/tcp-columns.ts';
import { ProcNetTcpParser } from '../../../src/kernel/proc-net-tcp.ts';
import { SocketTable } from '../../../src/kernel/socket-table.ts';

/** What awk makes of a table. */
function columnsOf(table: string): string {
  const [title = '', ...lines] = table.trimEnd().split('\n');
  const columns = lines.map((row) => {
    const fields = row.trim().split(/\s+/);
    return [1, 2, 3, 5, 9].map((index) => fields[index]).join(' ');
  });
  return [title, ...columns, `rows ${lines.length}`, ''].join('\n');
}

/** The sockets of a table, without its malformed rows. */
function parsed(bytes: Buffer, family: 4 | 6) {
  const table = new SocketTable();
  const parser = new ProcNetTcpParser({ file: 'tcp', family, byteOrder: 'LE' }, table);
  parser.finish(bytes, parser.push(bytes, 0, bytes.length), bytes.length);
  return Array.from({ length: table.length }, (_, row) => [
    table.addressText(table.familyOf(row), table.localAddressOf(row)),
    table.localPort[row],
    table.addressText(table.familyOf(row), table.remoteAddressOf(row)),
    table.remotePortOf(row),
    table.state[row],
    table.timerMs[row],
    table.inode[row],
  ]);
}

function rows(columns: string): Buffer {
  return Buffer.from(rowsOfColumns(Buffer.from(columns)));
}

describe('columns of a socket table', () => {
  test.each([
    ['tcp', 4],
    ['tcp6', 6],
  ] as const)(
    'of %s become rows that the parser reads as it reads the kernel’s',
    (name, family) => {
      const table = readFileSync(new URL(`../../fixtures/proc/net/${name}`, import.meta.url));
      const made = rows(columnsOf(table.toString()));
      const [asMade, asKernel] = [parsed(made, family), parsed(table, family)];
      expect(asKernel.length).toBeGreaterThan(5);
      expect(asMade).toEqual(asKernel);
    },
  );

  const TITLE = '  sl  local_address rem_address\n';
  const ROW = '0100007F:1F90 00000000:0000 0A 00:00000000 12\n';

  test.each([
    ['a row less than it says', `${TITLE}${ROW}rows 2\n`],
    ['a row more than it says', `${TITLE}${ROW}${ROW}rows 1\n`],
    ['no number of rows', `${TITLE}${ROW}`],
    ['a number that would take all memory', `${TITLE}${ROW}rows 999999999\n`],
    ['nothing', ''],
  ])('with %s are refused', (_, columns) => {
    expect(() => rows(columns)).toThrow(AnswerError);
  });

  test('without a title row are an empty file', () => {
    expect(rows('rows -1\n')).toHaveLength(0);
  });

  test('that are no columns are left to the parser to refuse', () => {
    const odd = `${TITLE}${'x'.repeat(60)}\nrows 1\n`;
    expect(rows(odd).toString()).toContain('xxx');
  });
});
