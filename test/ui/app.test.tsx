import { describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import type { Model } from '../../src/model/model.ts';
import { explainSysctls } from '../../src/model/sysctl-notes.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../helpers/owners.ts';
import { closedLately, connections, modelOf, SMALL_RANGE } from '../helpers/sockets.ts';

const SOCKETS = [
  ...connections(4),
  ...closedLately(90, {}, 40_004),
  ...connections(20, { remote: '10.0.9.22' }),
  ...connections(3, {
    local: '2001:db8:1234:5678:9abc:def0:1234:5678',
    remote: '2001:db8:ffff:ffff:ffff:ffff:ffff:fffe',
  }),
];
const MODEL = modelOf(SOCKETS);

function open(size: { columns: number; rows: number }, model: Model = MODEL, ascii = false) {
  const store = createViewStore(initialViewState());
  store.dispatch({ type: 'model', model });
  const app = <App store={store} glyphs={glyphsFor(ascii)} />;
  return { store, screen: renderAt(app, size) };
}

const linesOf = (text: string) => text.split('\n');

describe.each([
  { columns: 120, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 60, rows: 20 },
  { columns: 40, rows: 10 },
])('at $columns x $rows', (size) => {
  test('the worst group, its headroom, its time and the range can be read', () => {
    const text = open(size).screen.lastText();
    expect(text).toContain('10.0.3.7 → 10.0.9.21:8080');
    expect(text).toMatch(/10\.0\.9\.21:8080 .*6\.0%/);
    expect(text).toContain('HEADROOM');
    expect(text).toMatch(/runs out of ports in less than 1 s/);
    expect(text).toContain('40000–40099');
    expect(text).toMatch(/2001:db8|fffe/);
  });

  test.each(['a', 's', '?', 'w', ''])(
    'with panel %j nothing is wider or higher than the screen',
    async (key) => {
      const { screen } = open(size);
      if (key !== '') {
        screen.stdin.write(key);
        await screen.waitForFrame(
          { a: /1 .* → /, s: /what it|now/, '?': '↑ k', w: 'WHAT IF' }[key] ?? '',
        );
      }
      const lines = linesOf(screen.lastText());
      expect(lines.length).toBeLessThanOrEqual(size.rows);
      expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(size.columns);
      expect(lines.at(-1)).toMatch(/quit/);
    },
  );

  test('in ASCII every character is', () => {
    // oxlint-disable-next-line no-control-regex -- the ASCII range is what this is about
    expect(open(size, MODEL, true).screen.lastText()).toMatch(/^[\x00-\x7f]*$/);
  });
});

test.each([30, 20])('what to do stands below the verdict, and moves nothing: %i rows', (rows) => {
  const size = { columns: 120, rows };
  const [dying = [], healthy = []] = [MODEL, modelOf(connections(3))].map((model) =>
    linesOf(open(size, model).screen.lastText()),
  );
  const verdict = dying.findIndex((line) => line.includes('runs out'));
  expect(dying[verdict + 1]).toMatch(
    /^ {3}fix, headroom 6\.0% → \d+\.\d%: Let connect\(\) take over ports/,
  );
  const title = dying.findIndex((line) => line.includes('HEADROOM'));
  expect(healthy[title]).toContain('HEADROOM');
  expect(healthy.join()).not.toContain(' fix ');
});

describe('keys', () => {
  const size = { columns: 120, rows: 30 };

  test('suggestions: best first, a figure opens one with its commands', async () => {
    const { screen } = open(size);
    screen.stdin.write('a');
    expect(await screen.waitForFrame('SUGGESTIONS')).toContain('sysctl -w net.ipv4.tcp_tw_reuse=1');
    screen.stdin.write('2');
    await screen.waitForFrame(/▸ 2/);
  });

  test('the headroom that suggestions give is aligned', async () => {
    const { screen } = open(size);
    screen.stdin.write('a');
    const lines = linesOf(await screen.waitForFrame('SUGGESTIONS')).filter((line) =>
      /^ [▸ ] \d {2}.*% → /.test(line),
    );
    expect(lines.length).toBeGreaterThan(3);
    expect(new Set(lines.map((line) => line.indexOf('→'))).size).toBe(1);
    expect(new Set(lines.map((line) => line.lastIndexOf('%  '))).size).toBe(1);
  });

  test('the sysctl panel explains the row under the cursor', async () => {
    const { screen } = open(size);
    screen.stdin.write('sjj');
    await screen.waitForFrame(/▸[ △] net\.ipv4\.tcp_tw_reuse /);
    expect(screen.lastText()).toMatch(
      /net\.ipv4\.tcp_tw_reuse: connect\(\) takes over .* loopback only/,
    );
  });

  test('at 80 columns the whole of each explanation can be read', async () => {
    const { screen } = open({ columns: 80, rows: 24 });
    const notes = explainSysctls(MODEL);
    screen.stdin.write('s');
    for (const { name, meaning } of notes) {
      const text = await screen.waitForFrame(new RegExp(`▸[ △] \\S*\\b${name.split('.').at(-1)} `));
      expect(text.replace(/\s+/g, ' ')).toContain(`${name}: ${meaning}`);
      screen.stdin.write('j');
    }
  });

  test('the filter narrows as it is typed; q is a letter there, and Esc gives all back', async () => {
    const { screen, store } = open(size);
    screen.stdin.write('/.22q');
    await screen.waitForFrame('No group matches the filter');
    screen.stdin.write('\u007f');
    const text = await screen.waitForFrame(
      / {3}10\.0\.3\.7 → 10\.0\.9\.22:8080|▸ {2}10\.0\.3\.7 → 10\.0\.9\.22/,
    );
    expect(text.match(/10\.0\.9\.21:8080/g)).toHaveLength(1); // in the verdict only
    screen.stdin.write('\u001b');
    await screen.waitForFrame(/▲ 10\.0\.3\.7 → 10\.0\.9\.21:8080 +█/);
    expect(store.getState().filter).toBe('');
  });

  test('frozen, the screen keeps its figures and says so', async () => {
    const { screen, store } = open(size);
    screen.stdin.write('p');
    await screen.waitForFrame('FROZEN');
    store.dispatch({ type: 'model', model: modelOf([]) });
    screen.stdin.write('j');
    expect(await screen.waitForFrame(/▸ {2}10\.0\.3\.7 → 10\.0\.9\.22/)).toContain(
      '10.0.9.21:8080',
    );
    screen.stdin.write('p');
    await screen.waitForFrame('No outgoing TCP connections');
  });

  test('the selected group is marked, and on the screen however many there are', async () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      connections(1, { remotePort: 1000 + index }),
    ).flat();
    const { screen } = open(size, modelOf(many));
    screen.stdin.write('G');
    await screen.waitForFrame(/▸ {2}10\.0\.3\.7 → 10\.0\.9\.21:1199/);
  });
});

describe('the owners', () => {
  const model = modelWithOwners(
    [...withInodes(connections(30), 100), ...withInodes(connections(5, { remotePort: 9090 }), 200)],
    [
      { pid: 812, command: 'haproxy', inodes: numbersFrom(100, 20) },
      { pid: 900, command: 'a\u001b[2Jb\u202e', inodes: [120, 121, 200] },
    ],
    14,
  );

  test('stand in the table, where it is wide enough', () => {
    const wide = open({ columns: 120, rows: 30 }, model).screen.lastText();
    expect(wide).toMatch(/SOURCE → DESTINATION +OWNER +USED/);
    expect(wide).toMatch(/10\.0\.9\.21:8080 haproxy \+1 +█/);
    expect(wide).toMatch(/10\.0\.9\.21:9090 a\\x1b\[2Jb\\… █/);
    expect(open({ columns: 60, rows: 30 }, model).screen.lastText()).not.toContain('OWNER');
  });

  test('stand in the detail with their pids, and who could not be seen', async () => {
    const { screen } = open({ columns: 120, rows: 30 }, model);
    screen.stdin.write('\r');
    const text = await screen.waitForFrame('owners   haproxy (812) 20');
    expect(text).toContain(
      'a\\x1b[2Jb\\u{202e} (900) 2, not known 8 — just opened, or held by one of 14 processes',
    );
    expect(screen.lastFrame()).not.toContain('\u001b[2J');
  });

  test('can be filtered by', async () => {
    const { screen } = open({ columns: 120, rows: 30 }, model);
    screen.stdin.write('/hapro');
    await screen.waitForFrame('/ hapro');
    expect(screen.lastText()).toContain(':8080 haproxy');
    expect(screen.lastText()).not.toContain(':9090');
  });
});

test('warnings stand on the screen', () => {
  const model = modelOf(SOCKETS, {
    warnings: ['/proc/net/tcp6: permission denied; its sockets are not counted', 'another'],
  });
  expect(open({ columns: 80, rows: 24 }, model).screen.lastText()).toContain(
    '! /proc/net/tcp6: permission denied; its sockets are not counted (and 1 more)',
  );
});

test('a range that is only assumed is said to be', () => {
  const range = { 'net.ipv4.ip_local_port_range': null };
  const text = (sysctls: object) =>
    open(
      { columns: 120, rows: 24 },
      modelOf(SOCKETS, { sysctls: { ...SMALL_RANGE, ...sysctls } }),
    ).screen.lastText();
  expect(text(range)).toContain('range 32768–60999 assumed');
  expect(text({})).not.toContain('assumed');
});

test('where some connections could not be read, it is not said that there are none', () => {
  const none = modelOf([]);
  const sampling = { ...none.sample.sampling, isPartial: true };
  const model = { ...none, sample: { ...none.sample, sampling } };
  const text = open({ columns: 80, rows: 24 }, model).screen.lastText();
  expect(text).toContain('No outgoing TCP connections among those that could be read.');
});

test('a filter that finds none among the fullest groups says so', async () => {
  const model = modelOf(SOCKETS);
  const remainder = { ...model.sample.remainder, groups: 5 };
  const { screen } = open(
    { columns: 80, rows: 24 },
    { ...model, sample: { ...model.sample, remainder } },
  );
  screen.stdin.write('/nowhere');
  await screen.waitForFrame('None of the fullest groups matches the filter; Esc clears it.');
});

test('a machine without connections is said to be fine', () => {
  const text = open({ columns: 80, rows: 24 }, modelOf([])).screen.lastText();
  expect(text).toContain('every port is free');
});
