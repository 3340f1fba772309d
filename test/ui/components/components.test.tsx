import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import { DrainLine } from '../../../src/ui/components/drain-line.tsx';
import { Footer, type FooterProps } from '../../../src/ui/components/footer.tsx';
import { GroupTable } from '../../../src/ui/components/group-table.tsx';
import { barParts, groupText, ownerCell } from '../../../src/ui/components/group-row.tsx';
import { verdictLines } from '../../../src/ui/components/header.tsx';
import { verdictOf } from '../../../src/format/verdict.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import { type Glyphs, glyphsFor } from '../../../src/ui/theme.ts';
import { renderAt } from '../../helpers/ink-stdout.ts';
import { modelWithOwners, withInodes } from '../../helpers/owners.ts';
import { closedLately, connections, modelOf, timeWaits } from '../../helpers/sockets.ts';

const UNICODE = glyphsFor(false);
const MODEL = modelOf([...connections(20), ...closedLately(50, {}, 40_020)]);
const [GROUP] = MODEL.groups;

test('the footer keeps quit and help on any width', () => {
  const footer = (columns: number, changes: Partial<FooterProps> = {}) =>
    render(
      <Footer
        filter=""
        editingFilter={false}
        panel="groups"
        columns={columns}
        glyphs={UNICODE}
        {...changes}
      />,
    ).lastFrame();
  // Wider than the 100 columns that the testing library knows, it would be cut.
  expect(footer(100)).toMatch(
    /a advice {2}s sysctl {2}w what-if {2}\/ filter {2}f fold {2}< > sort .*\? help {2}q quit/,
  );
  expect(footer(20)).toContain('? help  q quit');
  expect(footer(80, { filter: '10.0', editingFilter: true })).toContain('/ 10.0');
  expect(footer(80, { filter: '10.0' })).toContain('filter: 10.0');
  expect(footer(80, { panel: 'what-if' })).toMatch(
    /^ ← → change {2}y copy {2}Esc back {2}0 reset .* \? help {2}q quit/,
  );
  expect(footer(80, { panel: 'advice', glyphs: glyphsFor(true) })).toMatch(/^ y copy /);
});

function barText(group: GroupModel | undefined, width: number, glyphs: Glyphs): string {
  if (group === undefined) throw new Error('no group');
  const { taken, free } = barParts(group, width, glyphs);
  return taken + free;
}
test('of a filter that is too long the end is shown while it is typed, and the beginning afterwards', () => {
  const footer = (editingFilter: boolean, filter: string, ascii = false) =>
    render(
      <Footer
        filter={filter}
        editingFilter={editingFilter}
        panel="groups"
        columns={40}
        glyphs={glyphsFor(ascii)}
      />,
    )
      .lastFrame()
      ?.split('\n')
      .map((line) => line.trimEnd());
  const long = 'owner:haproxy headroom<20% port:8000-8100';
  expect(footer(true, long)).toEqual([
    ' / …haproxy headroom<20% port:8000-8100',
    ' Enter keeps it, Esc clears it',
  ]);
  expect(footer(true, `${long} dst:`, true)).toEqual([
    ' / ~xy headroom<20% port:8000-8100 dst:',
    ' write the beginning of an address,',
    ' dst:10.0.9. (all of it: dst=10.0.9.21)',
  ]);
  expect(footer(false, long)).toEqual([' filter: owner:haproxy … ? help  q quit']);
  expect(footer(false, 'owner:日本 x', true)).toEqual([' filter: owner:?? x  ? help  q quit']);
});

test('the bar has a part for each kind of port', () => {
  expect(barText(GROUP, 10, UNICODE)).toBe('██▓▓▓▓▓···');
  expect(barText(GROUP, 10, glyphsFor(true))).toBe('##=====...');
});

test('the bar marks where the port search begins to scan, as long as that lies ahead', () => {
  const { groups } = modelOf(connections(20));
  expect(barText(groups[0], 10, UNICODE)).toBe('██···┊····');
  expect(barText(groups[0], 10, glyphsFor(true))).toBe('##...:....');
});

test('a label that does not fit loses its source first, then its middle', () => {
  const text = (width: number) => GROUP && groupText(GROUP, width, UNICODE);
  expect(text(30)).toBe('10.0.3.7 → 10.0.9.21:8080     ');
  expect(text(20)).toBe('→ 10.0.9.21:8080    ');
  expect(text(12)).toBe('→ 10…21:8080');
});

test('the owner takes its column, whatever it is called', () => {
  const cell = (command: string, ascii = false) => {
    const { groups } = modelWithOwners(withInodes(connections(3), 11), [
      { pid: 812, command, inodes: [11, 12] },
      { pid: 813, command: 'other', inodes: [13] },
    ]);
    return groups[0] && ownerCell(groups[0], 11, glyphsFor(ascii));
  };
  expect(cell('haproxy')).toBe('haproxy +1 ');
  expect(cell('prometheus-node')).toBe('prometh… +1');
  expect(cell('prometheus-node', true)).toBe('prometh~ +1');
  expect(cell('日本語日本語')).toBe('日本語… +1 ');
  expect(cell('日本', true)).toBe('?? +1      ');
  expect(cell('\u001b[31mred\n')).toBe('\\x1b[31… +1');
  expect(cell('')).toBe('pid 812 +1 ');
  expect(GROUP && ownerCell(GROUP, 11, UNICODE)).toBe('           ');
});

test('the verdict fits the width, the group and the time first', () => {
  const lines = (width: number) => verdictLines(verdictOf(MODEL), width, UNICODE);
  expect(lines(36)).toEqual(['10.0.3.7 → 10.0.9.21:8080', 'runs out of ports in 6 s']);
  expect(lines(60)).toEqual(['10.0.3.7 → 10.0.9.21:8080 runs out of ports in 6 s']);
  // What to press is worth more than figures.
  expect(lines(90)).toEqual([
    '10.0.3.7 → 10.0.9.21:8080 runs out of ports in 6 s — press a for the fix',
  ]);
  expect(lines(130)).toEqual([
    '10.0.3.7 → 10.0.9.21:8080 runs out of ports in 6 s (5.0 closes/s, 30 of 100 left) — press a for the fix',
  ]);
});

test('where the fix is comes before the figures, which the table has too', () => {
  const lines = (width: number) => verdictLines(verdictOf(MODEL), width, UNICODE);
  expect(lines(90)).toEqual([
    '10.0.3.7 → 10.0.9.21:8080 runs out of ports in 6 s — press a for the fix',
  ]);
  expect(lines(48)).toEqual([
    '10.0.3.7 → 10.0.9.21:8080',
    'runs out of ports in 6 s — press a for the fix',
  ]);
});

test('where TIME_WAIT lasts 120 s, the line of it and the column say so', () => {
  const model = modelOf([...connections(20), ...timeWaits(50, 119_500, {}, 40_020)]);
  const size = { columns: 140, rows: 3 };
  const line = renderAt(
    <DrainLine model={model} columns={140} glyphs={UNICODE} />,
    size,
  ).lastText();
  expect(line).toMatch(/ 120 s ago .* in 120 s: 50 TIME_WAIT expire \(≤15\/s\)$/);
  const table = renderAt(
    <GroupTable
      groups={model.groups}
      selectedIndex={0}
      order={{ column: 'headroom', inverted: false }}
      fading={[]}
      whenEmpty=""
      nowMs={0}
      others={model.sample.remainder}
      names={new Map()}
      glyphs={UNICODE}
      {...size}
    />,
    size,
  ).lastText();
  expect(table).toContain('DRAIN 120s ≤8/s ');
});

test.each([120, 80, 70, 60, 50, 40, 30])(
  'at %d columns the drain line has its figures whole or not at all',
  (columns) => {
    const line = renderAt(<DrainLine model={MODEL} columns={columns} glyphs={UNICODE} />, {
      columns,
      rows: 2,
    }).lastText();
    expect(line).toMatch(/(: 50 TIME_WAIT expire| in 60 s|: 50)$/);
    expect(line).not.toMatch(/: [\d,]+…$/);
  },
);
