/** The what-if panel by frame, on screens of 60, 80 and 120 columns. */
import { expect, test } from 'vitest';
import { hypotheticalModel } from '../../src/store/altered-model.ts';
import { WhatIfPanel } from '../../src/ui/components/what-if-panel.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { closedLately, connections, modelOf } from '../helpers/sockets.ts';

const glyphs = glyphsFor(false);
/** One group that is nearly full. */
const MODEL = modelOf([...connections(4), ...closedLately(90, {}, 40_004)]);

const REUSE = { reuse: 1 };

const whatIf = (columns: number) => (
  <WhatIfPanel
    real={MODEL}
    outcome={hypotheticalModel(MODEL, REUSE)}
    changes={REUSE}
    cursor={1}
    copiedLines={1}
    columns={columns}
    rows={14}
    glyphs={glyphs}
  />
);

/** What the panel draws, a string a line. */
function frame(columns: number, rows: number): string {
  const { lastText } = renderAt(whatIf(columns), { columns, rows });
  const lines = lastText()
    .split('\n')
    .map((line) => line.trimEnd());
  return `\n${lines.join('\n').trimEnd()}\n`;
}

test('what-if has what is, what would be, and the commands', () => {
  expect(frame(60, 14)).toMatchInlineSnapshot(`
    "
       port range     40000–40099
     ▸ tcp_tw_reuse   2 loopback only   → 1 on
       destinations   as now
       sources        as now
       keep-alive     as now
       request rate   as now
       HEADROOM   NOW  1 MIN SETTLED   EMPTY
       as it is  6.0%   0.0%    0.0%    <1 s
       changed  87.0%  87.0%   87.0% unknown
     copied 1 line, or select it here:
       sysctl -w net.ipv4.tcp_tw_reuse=1
       ↓ 2 more lines
    "
  `);
  expect(frame(80, 14)).toMatchInlineSnapshot(`
    "
       port range     40000–40099
     ▸ tcp_tw_reuse   2 loopback only   → 1 on
       destinations   as now
       sources        as now
       keep-alive     as now
       request rate   as now
       10.0.3.7 → 10.0.9.21:8080 headroom      NOW  IN 1 MIN  SETTLED  EMPTY IN
       as it is                               6.0%      0.0%     0.0%      <1 s
       changed                               87.0%     87.0%    87.0%   unknown
     copied 1 line; if your terminal refuses OSC 52, select it here:
       sysctl -w net.ipv4.tcp_tw_reuse=1
       ↓ 2 more lines
    "
  `);
  expect(frame(120, 14)).toMatchInlineSnapshot(`
    "
       port range     40000–40099
     ▸ tcp_tw_reuse   2 loopback only   → 1 on
       destinations   as now
       sources        as now
       keep-alive     as now
       request rate   as now
       10.0.3.7 → 10.0.9.21:8080 headroom      NOW  IN 1 MIN  SETTLED  EMPTY IN
       as it is                               6.0%      0.0%     0.0%      <1 s
       changed                               87.0%     87.0%    87.0%   unknown
     copied 1 line; if your terminal refuses OSC 52, select it here:
       sysctl -w net.ipv4.tcp_tw_reuse=1
       Note: Both ends need TCP timestamps (the default); a middlebox that strips them makes this do nothing.
    "
  `);
});
