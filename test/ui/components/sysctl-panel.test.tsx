import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { SysctlPanel } from '../../../src/ui/components/sysctl-panel.tsx';
import { glyphsFor } from '../../../src/ui/theme.ts';
import { renderAt } from '../../helpers/ink-stdout.ts';
import { connections, modelOf, SMALL_RANGE } from '../../helpers/sockets.ts';

const LONG_LIST = Array.from({ length: 40 }, (_, index) => 9000 + 2 * index).join(',');
const listening = { local: '0.0.0.0', localPort: 8080, state: 'LISTEN' } as const;
const model = modelOf([...connections(95), listening], {
  sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': LONG_LIST },
});

/** Nothing is wrong here, and the column of what is recommended is no wider than its title. */
const healthy = modelOf(connections(4), {
  sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': LONG_LIST },
});

function linesAt(columns: number, ascii = false, shown = model): string[] {
  const panel = (
    <SysctlPanel model={shown} cursor={1} columns={columns} rows={20} glyphs={glyphsFor(ascii)} />
  );
  return renderAt(panel, { columns, rows: 20 }).lastText().trimEnd().split('\n');
}

describe.each([200, 120, 119, 101, 94, 93, 80, 60, 59, 40, 30])('at %d columns', (columns) => {
  test('the table is closed on the right, and on the screen', () => {
    const table = linesAt(columns).slice(0, 15); // two rules, titles, twelve sysctls
    expect(table[0]).toMatch(/^┌[─┬]+┐$/);
    expect(table.at(-1)).toMatch(/^└[─┴]+┘$/);
    for (const line of table.slice(1, -1)) expect(line).toMatch(/^│.*│$/);
    const widths = new Set(table.map((line) => stringWidth(line)));
    expect(widths.size).toBe(1);
    expect([...widths][0]).toBeLessThanOrEqual(columns);
  });

  test('on a healthy machine too, where all is as it should be', () => {
    const table = linesAt(columns, false, healthy).slice(0, 15);
    for (const line of table) expect(line).toMatch(/^[┌│└].*[┐│┘]$/);
    const widths = table.map((line) => stringWidth(line));
    expect(new Set(widths).size).toBe(1);
    expect(widths[0]).toBeLessThanOrEqual(columns);
    expect(table.join('\n')).not.toMatch(/△/);
    if (columns >= 60) expect(table.join('\n')).toMatch(/│ 1024 65535 +│/);
  });

  test('in ASCII too', () => {
    const table = linesAt(columns, true).slice(0, 15);
    for (const line of table) expect(line).toMatch(/^[|+].*[|+]$/);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
  });

  test('the explanation keeps its margins', () => {
    const lines = linesAt(columns).slice(15);
    expect(lines[0]).toMatch(/^ net\./);
    for (const line of lines) expect(line).toMatch(/^ \S/);
  });
});

test('a wide screen has all columns; what is cut ends in an ellipsis', () => {
  const text = linesAt(120).join('\n');
  expect(text).toMatch(
    /│ {4}sysctl +│ now +│ recommended if short of ports +│ what it means here +│/,
  );
  expect(text).toMatch(/│ 9000,9002,[\d,]+… │ your services +│ Keeps ports .*… │/);
});

test('a narrow one leaves out the meaning, then what is recommended, and says it below', () => {
  expect(linesAt(80).join('\n')).toMatch(
    /│ {4}sysctl +│ now +│ recommended if short of ports +│\n/,
  );
  expect(linesAt(79).join('\n')).toMatch(/│ {4}sysctl +│ now +│ recommended +│\n/);
  expect(linesAt(79).join(' ')).toMatch(/Recommended if short of ports: +your services\./);
  expect(linesAt(50).join('\n')).toMatch(/│ {4}sysctl +│ now +│\n/);
  expect(linesAt(50).join(' ').replace(/\s+/g, ' ')).toContain(
    'reserved_ports: recommended if short of ports: your services. Keeps ports',
  );
  expect(linesAt(80).join(' ')).toContain('reserved_ports: Keeps ports');
});

test('what cannot be seen stands below, with the reason', () => {
  const fallback = 'no netlink.';
  const refusalsUnseen = 'refused connections are shown to root only: use sudo.';
  const { sample } = model;
  const seeing = (sampling: Partial<typeof sample.sampling>) => ({
    ...model,
    sample: { ...sample, sampling: { ...sample.sampling, ...sampling } },
  });
  const note = `Refusals are not counted: ${refusalsUnseen}`;
  expect(linesAt(120).join('\n')).not.toContain('Refusals');
  expect(linesAt(120, false, seeing({ refusalsUnseen })).at(-1)).toBe(` ${note}`);
  expect(linesAt(120, false, seeing({ refusalsUnseen, fallback })).slice(-2)).toEqual([
    ` The sockets are read from procfs: ${fallback}`,
    ` ${note}`,
  ]);
});
