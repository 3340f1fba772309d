import { describe, expect, test } from 'vitest';
import { foldGroups } from '../../src/model/query/fold.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { groupText } from '../../src/ui/components/group-row.tsx';
import type { LookUpNames } from '../../src/ui/hooks/use-host-names.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { type FrameSize, renderAt } from '../helpers/ink-stdout.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../helpers/owners.ts';
import { connections, timeWaits } from '../helpers/sockets.ts';

const WIDE = { columns: 120, rows: 30 };

const MODEL = modelWithOwners(
  [
    ...withInodes(connections(4, { local: '10.0.3.7' }), 100),
    ...timeWaits(90, 57_000, { local: '10.0.3.7' }, 40_004),
    ...withInodes(connections(50, { local: '10.0.3.8' }), 200),
    ...withInodes(connections(20, { remote: '10.0.9.22' }), 300),
  ],
  [
    { pid: 1, command: 'haproxy', inodes: [...numbersFrom(100, 4), ...numbersFrom(200, 50)] },
    { pid: 2, command: 'a\u001b[2Jb', inodes: numbersFrom(300, 20) },
  ],
);

function open(size: FrameSize = WIDE, ascii = false, lookUpNames?: LookUpNames) {
  const store = createViewStore(initialViewState());
  store.dispatch({ type: 'model', model: MODEL });
  const app = <App store={store} glyphs={glyphsFor(ascii)} lookUpNames={lookUpNames} />;
  return { store, screen: renderAt(app, size) };
}

const linesOf = (text: string) => text.split('\n');

describe('folds', () => {
  test('stand in the table with their sums, below a title that says what they are by', async () => {
    const { screen } = open();
    screen.stdin.write('f');
    const text = await screen.waitForFrame(/ folded by destination .*▾HEADROOM/);
    expect(text).toMatch(/10\.0\.9\.21:8080 \(2 sources\) haproxy +█+▓+·+ +6\.0% +54 +90 /);
    expect(text).toMatch(/10\.0\.9\.22:8080 \(1 source\) /);
    screen.stdin.write('f');
    const byOwner = await screen.waitForFrame('folded by owner');
    expect(byOwner).toContain('haproxy (2 groups)');
    expect(byOwner).toContain('a\\x1b[2Jb (1 group)');
    expect(screen.lastFrame()).not.toContain('\u001b[2J');
    screen.stdin.write('ff');
    await screen.waitForFrame('SOURCE → DESTINATION');
  });

  test('open by Enter, with the filter that their members are found by; Esc goes back', async () => {
    const { screen } = open();
    screen.stdin.write('f\r');
    const text = await screen.waitForFrame('filter: dst=10.0.9.21 port:8080');
    expect(text).toMatch(/10\.0\.3\.7 → 10\.0\.9\.21:8080 +haproxy/);
    expect(text).toMatch(/10\.0\.3\.8 → 10\.0\.9\.21:8080 +haproxy/);
    expect(text).not.toContain('10.0.9.22');
    screen.stdin.write('\u001b');
    await screen.waitForFrame(/(folded )?by destination/);
  });

  test.each([
    { columns: 80, rows: 24 },
    { columns: 40, rows: 10 },
  ])('fit into $columns x $rows', async (size) => {
    const { screen } = open(size, true);
    screen.stdin.write('f');
    const text = await screen.waitForFrame(/(folded )?by destination/);
    expect(text).toContain('10.0.9.21:8080');
    // oxlint-disable-next-line no-control-regex -- the ASCII range is what this is about
    expect(text).toMatch(/^[\x00-\x7f]*$/);
  });

  test('lose the number of members where there is no room for it', () => {
    const [fold] = foldGroups(MODEL.groups, 'destination');
    const text = (width: number) => fold && groupText(fold, width, glyphsFor(false));
    expect(text(27)).toBe('10.0.9.21:8080 (2 sources) ');
    expect(text(25)).toBe('10.0.9.21:8080           ');
    expect(text(10)).toBe('10.0.…8080');
  });
});

describe('host names', () => {
  const names: Record<string, string> = {
    '10.0.9.21': 'app.internal.',
    '10.0.9.22': 'x\u001b[2J.example',
  };

  function openWithNames() {
    const asked: string[][] = [];
    const lookUpNames: LookUpNames = (addresses, onName) => {
      asked.push([...addresses]);
      for (const address of addresses) onName(address, names[address] ?? '');
    };
    return { asked, ...open(WIDE, false, lookUpNames) };
  }

  test('are asked for when they are wanted, and stand in place of the addresses', async () => {
    const { asked, screen } = openWithNames();
    await screen.flush();
    expect(asked).toEqual([]);
    screen.stdin.write('n');
    const text = await screen.waitForFrame('10.0.3.7 → app.internal:8080');
    expect(asked[0]).toEqual(['10.0.9.21', '10.0.9.22']);
    expect(text).toContain('10.0.3.7 → 10.0.9.22:8080'); // what it was told is no name
    screen.stdin.write('f');
    await screen.waitForFrame('app.internal:8080 (2 sources)');
    screen.stdin.write('n');
    await screen.waitForFrame('10.0.9.21:8080 (2 sources)');
  });

  test('are cut where they are too long, and the port stays', () => {
    const long = new Map([['10.0.9.21', `${'a'.repeat(60)}.example`]]);
    const [group] = MODEL.groups;
    const text = group && groupText(group, 40, glyphsFor(false), long);
    expect(text).toMatch(/^10\.0\.3\.7 → a+….*ple:8080$/);
    expect(text).toHaveLength(40);
  });
});

describe('the filter', () => {
  test('shows what is wrong below the wrong word, and goes on filtering by what was right', async () => {
    const { screen } = open();
    screen.stdin.write('/port:8080 headroom<20% dst:');
    const text = await screen.waitForFrame(/\^\^\^\^ write/);
    const [typed = '', below = ''] = linesOf(text).slice(-2);
    expect(typed).toBe(' / port:8080 headroom<20% dst:');
    expect(below.indexOf('^^^^')).toBe(typed.indexOf('dst:'));
    expect(below).toContain('write the beginning of an address, dst:10.0.9.');
    expect(text).toMatch(/▸▲ 10\.0\.3\.7 → 10\.0\.9\.21:8080/);
    expect(text).not.toContain('10.0.3.8');
    screen.stdin.write('\r10.0.9.22');
    await screen.waitForFrame('No group matches the filter');
    expect(screen.lastText()).toContain('Enter keeps it, Esc clears it');
  });

  test.each([
    { columns: 120, rows: 30, below: 1 },
    { columns: 103, rows: 24, below: 1 },
    { columns: 102, rows: 24, below: 1 },
    { columns: 80, rows: 24, below: 2 },
    { columns: 60, rows: 15, below: 2 },
    { columns: 40, rows: 10, below: 3 },
  ])(
    'says all of what to write at $columns x $rows, in $below lines',
    async ({ below, ...size }) => {
      const { screen } = open(size);
      screen.stdin.write('/port:8080 no:');
      const lines = linesOf(await screen.waitForFrame(/quotes/));
      expect(lines).toHaveLength(size.rows);
      const hint = lines
        .slice(-below)
        .join(' ')
        .replaceAll(/[\s^]+/g, ' ')
        .trim();
      expect(hint).toBe(
        'write dst, src, port, owner, place, headroom, free, used, live, tw, closes, eta, or quotes around it',
      );
      expect(lines.at(-below - 1)).toMatch(/^ \/ port:8080 no:/);
      expect(lines.some((line) => line.includes('HEADROOM'))).toBe(true);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(size.columns);
    },
  );

  test('on the smallest screen the filter is there, and the start of what to write', async () => {
    const { screen } = open({ columns: 30, rows: 6 });
    screen.stdin.write('/port:8080 no:');
    const lines = linesOf(await screen.waitForFrame(/write dst/));
    expect(lines).toHaveLength(6);
    expect(lines.at(-2)).toMatch(/^ \/ port:8080 no:/);
  });
});
