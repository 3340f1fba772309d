import { expect, test } from 'vitest';
import { AdvicePanel, noAdviceText } from '../../src/ui/components/advice-panel.tsx';
import { ADVICE_PANEL } from '../../src/ui/panels/advice.tsx';
import { initialViewState } from '../../src/store/view-state.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const NOTHING_TO_CHANGE = 'Nothing to change: no group would have more headroom.';
const NONE_KNOWN = 'No known suggestion would give 10.0.3.7 → 10.0.9.21:8080 more headroom.';

test.for([
  [0, NOTHING_TO_CHANGE],
  // A warning from three quarters on.
  [74, NOTHING_TO_CHANGE],
  [75, NONE_KNOWN],
  [95, NONE_KNOWN],
] as const)('without a suggestion, %i of 100 ports in use: %s', ([used, text]) => {
  const model = { ...modelOf(connections(used)), advice: [] };
  const { worst } = model;
  expect(noAdviceText(worst)).toBe(text);
  const screen = { columns: 100, rows: 20 };
  const panel = (
    <AdvicePanel
      {...screen}
      advice={[]}
      worst={worst}
      cursor={0}
      copiedLines={undefined}
      glyphs={glyphsFor(false)}
    />
  );
  expect(renderAt(panel, screen).lastText().trim()).toBe(text);
  expect(ADVICE_PANEL.spoken.whole(initialViewState(), model)).toEqual([text]);
  expect(ADVICE_PANEL.spoken.row(initialViewState(), model)).toEqual([text]);
});
