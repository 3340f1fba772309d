/** Widths and shares at which what is drawn changes, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { timeWaitChart, usedChart } from '../../src/format/detail-charts.ts';
import { detailLines } from '../../src/format/group-detail.ts';
import { ownersText } from '../../src/format/owners.ts';
import { portMapLines } from '../../src/format/port-map.ts';
import { sparkline } from '../../src/format/sparkline.ts';
import { lineText } from '../../src/format/styled-line.ts';
import { sysctlExplanation, sysctlRows } from '../../src/format/sysctl-rows.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import type { SysctlNote } from '../../src/model/sysctl-notes.ts';
import { connections, modelOf, SMALL_RANGE } from '../helpers/sockets.ts';

function modelWith(changes: Partial<GroupModel> = {}) {
  const model = modelOf(connections(20));
  const [group] = model.groups;
  if (group === undefined) throw new Error('no group');
  return { model, group: { ...group, ...changes } };
}

describe('the chart of ports in use', () => {
  /** What stands at either end of its axis; `width` columns on each side of now. */
  function ends(etaSeconds: number | null, width: number): string {
    const { model, group } = modelWith({ etaSeconds });
    const lines = usedChart(model, group, [], { width: 2 * width + 9, height: 4 }).map(lineText);
    return /(\d+ \w+) ago/.exec(lines.join('\n'))?.[1] ?? '';
  }

  test.for([
    [null, '60 s'],
    [47, '60 s'],
    // A quarter more than the time that is left.
    [48, '60 s'],
    [49, '80 s'],
    [400, '8 min'],
    [464, '9 min'],
    // Ten minutes at the most.
    [480, '10 min'],
    [600, '10 min'],
    [5000, '10 min'],
  ] as const)('with %j s left reaches %s either way', ([eta, reach]) => {
    expect(ends(eta, 20)).toBe(reach);
  });
});

describe('the detail', () => {
  const linesOf = (width: number, rows: number) => {
    const { model, group } = modelWith();
    return detailLines({ model, group, usedBefore: [], width, rows }).map(lineText);
  };
  const hasBoth = (lines: readonly string[]) =>
    lines.some((line) => line.includes('PORTS IN USE') && line.includes('TIME_WAIT'));

  test('has its charts side by side from 90 columns on, two apart', () => {
    expect(hasBoth(linesOf(89, 60))).toBe(false);
    expect(hasBoth(linesOf(90, 60))).toBe(true);
    expect(
      linesOf(90, 60)
        .find((line) => line.includes('PORTS IN USE'))
        ?.indexOf('TIME_WAIT'),
    ).toBe(45);
  });

  test('grows with the screen', () => {
    const heights = Array.from({ length: 60 }, (_, rows) => linesOf(120, rows).length);
    const smallest = heights[0] ?? 0;
    // Charts of 4, 5, 6, 8 and 14 rows, with the map at 2, 3 and 4 a half (a row of 50 cells is enough here).
    expect([...new Set(heights)].map((height) => height - smallest)).toEqual([0, 1, 2, 4, 10]);
    for (const [rows, height] of heights.entries())
      if (height > smallest) expect(height).toBeLessThanOrEqual(rows);
  });

  test('has rows of the map for a large range', () => {
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };
    const model = modelOf(connections(20, {}, 32_768), { sysctls });
    const [group] = model.groups;
    if (group === undefined) throw new Error('no group');
    const mapRows = (rows: number) =>
      detailLines({ model, group, usedBefore: [], width: 80, rows }).filter((line) =>
        /^\d{5} /.test(lineText(line)),
      ).length;
    const all = Array.from({ length: 80 }, (_, rows) => mapRows(rows));
    expect([...new Set(all)]).toEqual([4, 8]);
  });
});

test('eight owners are named, and the others counted', () => {
  const owners = Array.from({ length: 10 }, (_, index) => ({
    pid: index + 1,
    command: 'nginx',
    sockets: 1,
  }));
  const text = (count: number) =>
    ownersText({ owners: owners.slice(0, count), unownedSockets: 0 }, { ownersUnseen: 0 });
  expect(text(8)).toMatch(/nginx \(8\) 1$/);
  expect(text(9)).toMatch(/nginx \(8\) 1, 1 more processes$/);
});

describe('a cell of the map', () => {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 40239' };

  /** The first of three cells of 40 ports, of which so many are live; the second is full, the third empty. */
  function cell(live: number): string {
    const sockets = Array.from({ length: live + 40 }, (_, index) =>
      connections(1, { localPort: 40_000 + 2 * (index < live ? index : 40 + index - live) }),
    ).flat();
    const [group] = modelOf(sockets, { sysctls }).groups;
    if (group?.portUse === undefined) throw new Error('no map');
    const range = { low: 40_000, high: 40_239 };
    const props = { range, headings: ['', ''] as const, width: 9, rowsPerHalf: 1 };
    const lines = portMapLines({ ...props, use: group.portUse }).map(lineText);
    const cells = lines.find((line) => line.startsWith('40000 '))?.slice(6) ?? '';
    expect(cells).toMatch(/^.█·$/);
    return cells.slice(0, 1);
  }

  test.for([
    [9, '·'],
    [10, '▒'],
    [29, '▒'],
    [30, '█'],
  ] as const)('of 40 ports with %i live is drawn as %s', ([live, glyph]) => {
    expect(cell(live)).toBe(glyph);
  });
});

test('a sparkline steps up where the next mark is reached', () => {
  const ramp = '0123456789';
  expect(sparkline([10, 9.9, 2, 1.9, 6, 5.9], 6, ramp, 10)).toBe('981054');
});

describe('the sysctl table', () => {
  const note = (name: string, value: string, meaning: string) =>
    ({ name, value, shouldBe: 'as it is', meaning }) as unknown as SysctlNote;
  const rows = (columns: number, value = '1', meaning = 'x'.repeat(99)) =>
    sysctlRows([note('net.ipv4.tcp_x', value, meaning)], columns, '…')[0];

  test('says what is recommended from 60 columns on, and from 80 on when', () => {
    expect(Object.keys(rows(59) ?? {})).not.toContain('recommended');
    expect(rows(60)).toHaveProperty('recommended');
    expect(rows(79)).toHaveProperty('recommended');
    expect(rows(80)).toHaveProperty('recommended if short of ports');
    const told = note('net.ipv4.tcp_x', '1', 'why.');
    const text = (columns: number) => sysctlExplanation(told, columns);
    expect(text(59)).toBe('recommended if short of ports: as it is. why.');
    expect(text(60)).toBe('why. Recommended if short of ports: as it is.');
    expect(text(79)).toBe('why. Recommended if short of ports: as it is.');
    expect(text(80)).toBe('why.');
    expect(sysctlExplanation({ ...told, shouldBe: undefined }, 40)).toBe('why.');
  });

  test('drops what the names begin with where there is no room, before it cuts them', () => {
    const name = 'net.ipv4.ip_unprivileged_port_start';
    const at = (columns: number) =>
      sysctlRows([note(name, '40000 40099', '')], columns, '…')[0]?.sysctl;
    expect(at(88)).toBe(name);
    expect(at(87)).toBe('ip_unprivileged_port_start');
    expect(at(80)).toBe('ip_unprivileged_port_start');
    expect(at(40)).toMatch(/^….*_port_start$/);
  });

  test('a sysctl in order needs no change; an absent one has nothing to change', () => {
    const row = (value: string | undefined) =>
      sysctlRows(
        [
          {
            name: 'net.core.somaxconn',
            value,
            missing: 'absent',
            shouldBe: undefined,
            meaning: '',
          },
        ],
        80,
        '…',
      )[0];
    expect(row('4096')).toMatchObject({
      now: '4096',
      'recommended if short of ports': 'no change',
    });
    expect(row(undefined)).toMatchObject({ now: 'absent', 'recommended if short of ports': '-' });
  });

  test.for([
    [68, 11],
    [74, 11],
    [75, 12],
    [100, 16],
    [200, 32],
  ] as const)('of %i columns gives a long value %i', ([columns, width]) => {
    expect(rows(columns, '9'.repeat(99))?.now).toHaveLength(width);
  });

  test('says what it means where there is room for 20 characters', () => {
    const meaning = (columns: number) => rows(columns)?.['what it means here']?.length;
    // A frame of 1 and 3 a column, marks, a name of 14, a value of 1, and 11 or 29 for what is recommended.
    expect(meaning(59 - 11 + 8)).toBeDefined();
    const widths = Array.from({ length: 140 }, (_, index) => meaning(60 + index));
    expect(Math.min(...widths.filter((width) => width !== undefined))).toBe(20);
  });
});

test('a minute on either side of now is drawn in whole seconds a column', () => {
  const { group } = modelWith({ drainSchedule: Array.from({ length: 60 }, () => 1) });
  const bars = (width: number) =>
    timeWaitChart(group, false, { width, height: 1 }).map(lineText).join('\n').match(/█/g)?.length;
  // 60 columns, 30, 20 and 15 of either side.
  expect([2 * 60 + 9, 2 * 59 + 9, 2 * 29 + 9, 2 * 19 + 9].map(bars)).toEqual([120, 60, 40, 30]);
});
