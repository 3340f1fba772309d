/** Components by frame, on screens of 60, 80 and 120 columns. */
import type { ReactElement } from 'react';
import { expect, test } from 'vitest';
import { NO_NAMES } from '../../src/model/host-name.ts';
import { AdvicePanel } from '../../src/ui/components/advice-panel.tsx';
import { DrainLine } from '../../src/ui/components/drain-line.tsx';
import { GroupTable } from '../../src/ui/components/group-table.tsx';
import { Header } from '../../src/ui/components/header.tsx';
import { HelpPanel } from '../../src/ui/components/help-panel.tsx';
import { SysctlPanel } from '../../src/ui/components/sysctl-panel.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../helpers/owners.ts';
import { modelOfSamples, pressedSamples } from '../helpers/pressure.ts';
import { closedLately, connections } from '../helpers/sockets.ts';

const glyphs = glyphsFor(false);

/** One group that is nearly full, one with the longest addresses, one that is well. */
const MODEL = modelWithOwners(
  [
    ...withInodes(connections(4), 100),
    ...closedLately(90, {}, 40_004),
    ...withInodes(
      connections(80, {
        local: '2001:db8:1234:5678:9abc:def0:1234:5678',
        remote: '2001:db8:ffff:ffff:ffff:ffff:ffff:fffe',
        remotePort: 8443,
      }),
      200,
    ),
    ...connections(20, { remote: '10.0.9.22' }),
  ],
  [
    { pid: 812, command: 'haproxy', inodes: numbersFrom(100, 4) },
    { pid: 900, command: '日本語プロキシ', inodes: numbersFrom(200, 80) },
  ],
);

/** What a component draws, a string a line. */
function frame(columns: number, rows: number, component: ReactElement): string {
  const { lastText } = renderAt(component, { columns, rows });
  return `\n${lastText()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`;
}

const header = (columns: number) => (
  <Header
    model={MODEL}
    columns={columns}
    intervalMs={250}
    held=" FROZEN at 12:00:00, sampling goes on; p continues "
    whatIf={undefined}
    showTitle
    glyphs={glyphs}
  />
);

const table = (columns: number) => (
  <GroupTable
    groups={MODEL.groups}
    selectedIndex={1}
    columns={columns}
    rows={4}
    nowMs={0}
    glyphs={glyphs}
    names={NO_NAMES}
    others={{ groups: 0, sockets: 0 }}
    order={{ column: 'live', inverted: false }}
    fading={MODEL.groups.slice(2)}
    whenEmpty=""
  />
);

const drain = (columns: number) => <DrainLine model={MODEL} columns={columns} glyphs={glyphs} />;

const sysctls = (columns: number) => (
  <SysctlPanel model={MODEL} cursor={1} columns={columns} rows={11} glyphs={glyphs} />
);

const advice = (columns: number) => (
  <AdvicePanel
    advice={MODEL.advice}
    worst={MODEL.worst}
    cursor={1}
    copiedLines={undefined}
    columns={columns}
    rows={13}
    glyphs={glyphs}
  />
);

const help = (columns: number) => (
  <HelpPanel cursor={Infinity} columns={columns} rows={4} glyphs={glyphs} />
);

test('the group table has refusals where there are some, or what is wanted', () => {
  const pressed = (columns: number, refusals: 'seen' | 'unseen') => {
    const { groups } = modelOfSamples(pressedSamples(refusals));
    return frame(
      columns,
      4,
      <GroupTable
        groups={groups}
        selectedIndex={0}
        columns={columns}
        rows={3}
        nowMs={0}
        glyphs={glyphs}
        names={NO_NAMES}
        others={{ groups: 0, sockets: 0 }}
        order={{ column: 'headroom', inverted: false }}
        fading={[]}
        whenEmpty=""
      />,
    );
  };
  expect(pressed(80, 'seen')).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION      USED   ┊50%    ▾HEADROOM  REFUSED/S    TW  EMPTY IN
    ▸▲ 10.0.3.7 → 10.0.9.21:8080 ███████▓▓▓▓▓▓▓      0.0%         30    50       now
       10.0.3.7 → 10.0.9.22:8080 ██·····┊······     80.0%                0   unknown
    "
  `);
  expect(pressed(100, 'seen')).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION      USED OF USABLE       ▾HEADROOM  REFUSED/S  LIVE    TW CLOSE/S  EMPTY IN
    ▸▲ 10.0.3.7 → 10.0.9.21:8080 ██████████▓▓▓▓▓▓▓▓▓▓      0.0%         30    50    50     5.0       now
       10.0.3.7 → 10.0.9.22:8080 ████······┊·········     80.0%               20     0       0   unknown
    "
  `);
  expect(pressed(120, 'seen')).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION      OWNER       USED OF USABLE               ▾HEADROOM  REFUSED/S  LIVE    TW CLOSE/S  EMPTY IN
    ▸▲ 10.0.3.7 → 10.0.9.21:8080             ██████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓      0.0%         30    50    50     5.0       now
       10.0.3.7 → 10.0.9.22:8080             █████·········┊·············     80.0%               20     0       0   unknown
    "
  `);
  expect(pressed(80, 'unseen')).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION      USED   ┊50%    ▾HEADROOM   WANTED/S    TW  EMPTY IN
    ▸▲ 10.0.3.7 → 10.0.9.21:8080 ███████▓▓▓▓▓▓▓      0.0%       ≥5.0    50       now
       10.0.3.7 → 10.0.9.22:8080 ██·····┊······     80.0%                0   unknown
    "
  `);
  expect(pressed(120, 'unseen')).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION      OWNER       USED OF USABLE               ▾HEADROOM   WANTED/S  LIVE    TW CLOSE/S  EMPTY IN
    ▸▲ 10.0.3.7 → 10.0.9.21:8080             ██████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓      0.0%       ≥5.0    50    50     5.0       now
       10.0.3.7 → 10.0.9.22:8080             █████·········┊·············     80.0%               20     0       0   unknown
    "
  `);
});

test('the header says first what is going to happen, and drops what does not fit', () => {
  expect(frame(60, 8, header(60))).toMatchInlineSnapshot(`
    "
     ephtop  proxy-7  Linux 6.18.44  12:00:00  procfs 250ms
     ▲ 10.0.3.7 → 10.0.9.21:8080
       runs out of ports in less than 1 s — press a for the fix
     range 40000–40099  100 ports │ reserved 0  held 0
     FROZEN at 12:00:00, sampling goes on; p continues
    "
  `);
  expect(frame(80, 8, header(80))).toMatchInlineSnapshot(`
    "
     ephtop  proxy-7  Linux 6.18.44  12:00:00  procfs 250ms
     ▲ 10.0.3.7 → 10.0.9.21:8080 runs out of ports in less than 1 s
       (9.0 closes/s, 6 of 100 left)
     range 40000–40099  100 ports │ reserved 0  held 0   │ tw_reuse 2 loopback only
     FROZEN at 12:00:00, sampling goes on; p continues
    "
  `);
  expect(frame(120, 8, header(120))).toMatchInlineSnapshot(`
    "
     ephtop  proxy-7  Linux 6.18.44  12:00:00  procfs 250ms                   194 sockets
     ▲ 10.0.3.7 → 10.0.9.21:8080 runs out of ports in less than 1 s (9.0 closes/s, 6 of 100 left) — press a for the fix
     range 40000–40099  100 ports │ reserved 0  held 0   │ tw_reuse 2 loopback only │ TIME_WAIT    90 of 131k
     FROZEN at 12:00:00, sampling goes on; p continues
    "
  `);
});

test('the table drops columns by importance and cuts long addresses in the middle', () => {
  expect(frame(60, 6, table(60))).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION            ▾LIVE  HEADROOM  EMPTY IN
     ▲ 10.0.3.7 → 10.0.9.21:8080                  6.0%      <1 s
    ▸△ 2001:db…34:5678 → [2001:d…f:fffe]:8443    20.0%   unknown
     × 10.0.3.7 → 10.0.9.22:8080                 80.0%   unknown
    "
  `);
  expect(frame(80, 6, table(80))).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION                           HEADROOM ▾LIVE    TW  EMPTY IN
     ▲ 10.0.3.7 → 10.0.9.21:8080                          6.0%     4    90      <1 s
    ▸△ 2001:db8:…234:5678 → [2001:db8:…fff:fffe]:8443    20.0%    80     0   unknown
     × 10.0.3.7 → 10.0.9.22:8080                         80.0%    20     0   unknown
    "
  `);
  expect(frame(120, 6, table(120))).toMatchInlineSnapshot(`
    "
       SOURCE → DESTINATION                                 OWNER       USED  ┊50%    HEADROOM ▾LIVE    TW CLOSE/S  EMPTY IN
     ▲ 10.0.3.7 → 10.0.9.21:8080                            haproxy     █▓▓▓▓▓▓▓▓▓▓·      6.0%     4    90     9.0      <1 s
    ▸△ 2001:db8:1…1234:5678 → [2001:db8:ff…:ffff:fffe]:8443 日本語プロ… █████████···     20.0%    80     0       0   unknown
     × 10.0.3.7 → 10.0.9.22:8080                                        ██····┊·····     80.0%    20     0       0   unknown
    "
  `);
});

test('the drain line has the last minute and the next', () => {
  expect(frame(60, 2, drain(60))).toMatchInlineSnapshot(`
    "
     9.0 closes/s             ▂▆▆│           ▂▆▆ in 60 s: 90
    "
  `);
  expect(frame(80, 2, drain(80))).toMatchInlineSnapshot(`
    "
     all groups 9.0 closes/s  │ 60 s ago     ▆│    ▆ in 60 s: 90 TIME_WAIT expire
    "
  `);
  expect(frame(120, 2, drain(120))).toMatchInlineSnapshot(`
    "
     all groups 9.0 closes/s  │ 60 s ago                     ▆▆▆▆│                    ▆▆▆▆ in 60 s: 90 TIME_WAIT expire
    "
  `);
});

test('the sysctl table is closed at each width, and the one at the cursor is told in full', () => {
  expect(frame(60, 11, sysctls(60))).toMatchInlineSnapshot(`
    "
    ┌────────────────────────────┬─────────────┬─────────────┐
    │    sysctl 2/12             │ now         │ recommended │
    │  △ ip_local_port_range     │ 40000 40099 │ 1024 65535  │
    │ ▸  ip_local_reserved_ports │ none        │ no change   │
    │  △ tcp_tw_reuse            │ 2           │ 1           │
    │    tcp_tw_reuse_delay      │ 1000        │ no change   │
    │    tcp_timestamps          │ 1           │ no change   │
    └────────────────────────────┴─────────────┴─────────────┘
     net.ipv4.ip_local_reserved_ports: Keeps ports
     from connect(), for services that listen on them:
     0 of the range. connect() never takes a port that       ↓ 1
    "
  `);
  expect(frame(80, 11, sysctls(80))).toMatchInlineSnapshot(`
    "
    ┌────────────────────────────┬─────────────┬───────────────────────────────┐
    │    sysctl 2/12             │ now         │ recommended if short of ports │
    │  △ ip_local_port_range     │ 40000 40099 │ 1024 65535                    │
    │ ▸  ip_local_reserved_ports │ none        │ no change                     │
    │  △ tcp_tw_reuse            │ 2           │ 1                             │
    │    tcp_tw_reuse_delay      │ 1000        │ no change                     │
    │    tcp_timestamps          │ 1           │ no change                     │
    └────────────────────────────┴─────────────┴───────────────────────────────┘
     net.ipv4.ip_local_reserved_ports: Keeps ports from connect(), for services that
     listen on them: 0 of the range. connect() never takes a port that has a
     listener now.
    "
  `);
  expect(frame(120, 11, sysctls(120))).toMatchInlineSnapshot(`
    "
    ┌─────────────────────────────────────┬─────────────┬───────────────────────────────┬───────────────────────────────┐
    │    sysctl 2/12                      │ now         │ recommended if short of ports │ what it means here            │
    │  △ net.ipv4.ip_local_port_range     │ 40000 40099 │ 1024 65535                    │ 100 ports for each (source, … │
    │ ▸  net.ipv4.ip_local_reserved_ports │ none        │ no change                     │ Keeps ports from connect(), … │
    │  △ net.ipv4.tcp_tw_reuse            │ 2           │ 1                             │ connect() takes over ports i… │
    │    net.ipv4.tcp_tw_reuse_delay      │ 1000        │ no change                     │ TIME_WAIT must be older than… │
    │    net.ipv4.tcp_timestamps          │ 1           │ no change                     │ Without timestamps tcp_tw_re… │
    └─────────────────────────────────────┴─────────────┴───────────────────────────────┴───────────────────────────────┘
     net.ipv4.ip_local_reserved_ports: Keeps ports from connect(), for services that listen on them: 0 of the range.
     connect() never takes a port that has a listener now.
    "
  `);
});

test('suggestions stand best first, the opened one with its commands', () => {
  expect(frame(60, 13, advice(60))).toMatchInlineSnapshot(`
    "
     SUGGESTIONS 2 of 7, best first                   ↓ 10 lines
       1 6.0% → 87.0%  Let connect() take over ports in TIME_WA…
     ▸ 2 6.0% → 87.0%  Keep connections to 10.0.9.21 port 8080 …
       3 6.0% → 99.2%  Widen the ephemeral range to 1024–65535
       4 6.0% → 49.0%  Spread the connections over 11 destinati…

     Keep connections to 10.0.9.21 port 8080 open and reuse them
     9 connections a second are closed after use, and each holds
     its port for 60 s more. If 9 of 10 requests use a
     connection that is already open, only a tenth of those
     ports is held. Headroom grows within a minute, as TIME_WAIT
     goes.
     Note: This is set in the client (HTTP keep-alive, a
    "
  `);
  expect(frame(80, 13, advice(80))).toMatchInlineSnapshot(`
    "
     SUGGESTIONS 2 of 7, best first for 10.0.3.7 → 10.0.9.21:8080          ↓ 5 lines
       1 6.0% → 87.0%  Let connect() take over ports in TIME_WAIT (tcp_tw_reuse=1)
     ▸ 2 6.0% → 87.0%  Keep connections to 10.0.9.21 port 8080 open and reuse them
       3 6.0% → 99.2%  Widen the ephemeral range to 1024–65535
       4 6.0% → 49.0%  Spread the connections over 11 destination addresses or ports

     9 connections a second are closed after use, and each holds its port for 60 s
     more. If 9 of 10 requests use a connection that is already open, only a tenth
     of those ports is held. Headroom grows within a minute, as TIME_WAIT goes.
     Note: This is set in the client (HTTP keep-alive, a connection pool). The
     upstream must not close idle connections earlier than the client.
     For haproxy:
       # In mode http only: mode tcp ignores these lines, without a word.
    "
  `);
  expect(frame(120, 13, advice(120))).toMatchInlineSnapshot(`
    "
     SUGGESTIONS 2 of 7, best first for 10.0.3.7 → 10.0.9.21:8080: headroom now → then         ↓ 5 more lines: j k PgDn PgUp
       1  6.0% → 87.0%  Let connect() take over ports in TIME_WAIT (tcp_tw_reuse=1)
     ▸ 2  6.0% → 87.0%  Keep connections to 10.0.9.21 port 8080 open and reuse them
       3  6.0% → 99.2%  Widen the ephemeral range to 1024–65535
       4  6.0% → 49.0%  Spread the connections over 11 destination addresses or ports

     9 connections a second are closed after use, and each holds its port for 60 s more. If 9 of 10 requests use a
     connection that is already open, only a tenth of those ports is held. Headroom grows within a minute, as TIME_WAIT
     goes.
     Note: This is set in the client (HTTP keep-alive, a connection pool). The upstream must not close idle connections
     earlier than the client.
     For haproxy:
       # In mode http only: mode tcp ignores these lines, without a word.
    "
  `);
});

test('the end of the help', () => {
  expect(frame(60, 4, help(60))).toMatchInlineSnapshot(`
    "
     ↑ ↓       the worst group, outside its place in the order
     / words   all must hold: dst:10.0.9. port:80 !owner:node
     / <20%    headroom<20%  used>1000  tw>500  eta<2m
     ↑ 63 more lines: j k PgDn PgUp
    "
  `);
  const end = (columns: number) => frame(columns, 4, help(columns)).replace(/↑ \d+/, '↑');
  expect(end(80)).toBe(end(60));
  expect(frame(120, 4, help(120))).toMatchInlineSnapshot(`
    "
     -         sample, or play, half as fast                   ↑ ↓       the worst group, outside its place in the order
     Esc       back to the folds; clears the filter; unfolds   / words   all must hold: dst:10.0.9. port:80 !owner:node
     ? h       this help                                       / <20%    headroom<20%  used>1000  tw>500  eta<2m
     ↑ 30 more lines: j k PgDn PgUp
    "
  `);
});
