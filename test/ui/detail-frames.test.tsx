/** The detail of a group and the footer by frame, on screens of 60, 80 and 120 columns. */
import type { ReactElement } from 'react';
import { expect, test } from 'vitest';
import { detailLines } from '../../src/format/group-detail.ts';
import { DetailPanel } from '../../src/ui/components/detail-panel.tsx';
import { Footer } from '../../src/ui/components/footer.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../helpers/owners.ts';
import { connections, timeWaits } from '../helpers/sockets.ts';

const glyphs = glyphsFor(false);

/** Live connections of one process; 30 closes 20 s ago, and 3 in each of the last 10 s. */
const MODEL = modelWithOwners(
  [
    ...withInodes(connections(8), 100),
    ...timeWaits(30, 39_500, {}, 40_008),
    ...Array.from({ length: 10 }, (_, second) =>
      timeWaits(3, 59_500 - 1000 * second, {}, 40_038 + 3 * second),
    ).flat(),
    { local: '0.0.0.0', localPort: 40_051, state: 'LISTEN' },
  ],
  [{ pid: 812, command: 'haproxy', inodes: numbersFrom(100, 8) }],
);

const USED_BEFORE = Array.from({ length: 24 }, (_, second) => 8 + 2 * second);

function detail(columns: number, rows: number): ReactElement {
  const [group] = MODEL.groups;
  if (group === undefined) throw new Error('no group');
  const props = { model: MODEL, group, usedBefore: USED_BEFORE, width: columns - 2, rows };
  return (
    <DetailPanel
      lines={detailLines(props)}
      severity={group.severity}
      cursor={0}
      rows={rows}
      glyphs={glyphs}
    />
  );
}

/** What a component draws, a string a line. */
function frame(columns: number, rows: number, component: ReactElement): string {
  const { lastText } = renderAt(component, { columns, rows });
  const lines = lastText()
    .split('\n')
    .map((line) => line.trimEnd());
  return `\n${lines.join('\n').trimEnd()}\n`;
}

test('the detail has the forecast first, then why, the charts and the map', () => {
  expect(frame(120, 30, detail(120, 30))).toMatchInlineSnapshot(`
    "
     10.0.3.7 → 10.0.9.21:8080  31.3% headroom: 31 connect() calls succeed now
     forecast out of ports in 10 s (between 7 s and 16 s)
     if       3.0 closes/s continue, each holding its port for 60 s; growth of live connections is not known yet
     usable   99 = range 100 - reserved 0 - held by bind() 1
     used     68 = live 8 + TIME_WAIT 60; TIME_WAIT that counts as free: 0
     states   ESTABLISHED 8  TIME_WAIT 60
     owners   haproxy (812) 8

     PORTS IN USE, past and forecast                            TIME_WAIT by age, and by time left
         99 ┤                        │  ▅█████████████████████    10/s ┤             █      │             █
            │                        │▁▇██████████████████████         │             █      │             █
            │                        │████████████████████████         │             █      │             █
            │                       ▁│████████████████████████         │             █      │             █
         50 ┊                     ▁▅█│████████████████████████     5/s ┤             █      │             █
            │                   ▂▅███│████████████████████████         │             █   ▃▃▃│             █   ▃▃▃
            │                 ▂▆█████│████████████████████████         │             █   ███│             █   ███
            │                ▆███████│████████████████████████         │             █  ▆███│             █  ▆███
            └72 s ago               now  ▲ none left in 10 s           └60 s old           now  ▲ none left
     ┊ past the cliff connect() is slow: it first checks all 50 even ports

     PORTS 40000–40099  a cell is one port:  █ live  ▓ TIME_WAIT  H held by bind()  · free
     even ports  50 of 50 in use
     40000 ████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
     odd ports  18 of 49 in use
     40001 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓·······H························
    "
  `);
});

test('at 80 columns the charts stand one below the other, and how much more there is', () => {
  expect(frame(80, 16, detail(80, 16))).toMatchInlineSnapshot(`
    "
     10.0.3.7 → 10.0.9.21:8080  31.3% headroom: 31 connect() calls succeed now
     forecast out of ports in 10 s (between 7 s and 16 s)
     if       3.0 closes/s continue, each holding its port for 60 s; growth of live
              connections is not known yet
     usable   99 = range 100 - reserved 0 - held by bind() 1
     used     68 = live 8 + TIME_WAIT 60; TIME_WAIT that counts as free: 0
     states   ESTABLISHED 8  TIME_WAIT 60
     owners   haproxy (812) 8

     PORTS IN USE, past and forecast
         99 ┤                                  │ ▁▃▅▇█████████████████████████████
            │                                 ▁│▇█████████████████████████████████
         50 ┊                           ▁▂▃▅▆▇█│██████████████████████████████████
            │                      ▂▄▅▆████████│██████████████████████████████████
            └68 s ago                         now    ▲ none left in 10 s   in 68 s
     ↓ 14 more lines: j k PgDn PgUp
    "
  `);
});

test('at 60 columns texts go on below their titles', () => {
  expect(frame(60, 12, detail(60, 12))).toMatchInlineSnapshot(`
    "
     10.0.3.7 → 10.0.9.21:8080  31.3% headroom: 31 connect()
     calls succeed now
     forecast out of ports in 10 s (between 7 s and 16 s)
     if       3.0 closes/s continue, each holding its port for
              60 s; growth of live connections is not known yet
     usable   99 = range 100 - reserved 0 - held by bind() 1
     used     68 = live 8 + TIME_WAIT 60; TIME_WAIT that counts
              as free: 0
     states   ESTABLISHED 8  TIME_WAIT 60
     owners   haproxy (812) 8

     ↓ 21 more lines: j k PgDn PgUp
    "
  `);
});

test('the footer has the keys of the panel first, and always help and quit', () => {
  const footers = ([60, 80, 120] as const).map((columns) =>
    frame(
      columns,
      1,
      <Footer filter="" editingFilter={false} panel="detail" columns={columns} glyphs={glyphs} />,
    ),
  );
  expect(footers.join('')).toMatchInlineSnapshot(`
    "
     Esc back  Enter detail  a advice  s sysctl  ? help  q quit

     Esc back  Enter detail  a advice  s sysctl  w what-if  ? help  q quit

     Esc back  Enter detail  a advice  s sysctl  w what-if  / filter  f fold  < > sort  p freeze  r record  ? help  q quit
    "
  `);
});
