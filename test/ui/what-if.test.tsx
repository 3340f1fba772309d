import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { type FrameSize, renderAt } from '../helpers/ink-stdout.ts';
import { closedSteadily, connections, modelOf } from '../helpers/sockets.ts';

const LISTENERS = [8080, 9090].map((localPort) => ({
  local: '0.0.0.0',
  localPort,
  state: 'LISTEN' as const,
}));
const MODEL = modelOf([
  ...connections(10),
  ...closedSteadily(80, {}, 40_010),
  ...connections(5, { remote: '10.0.9.22' }),
  ...LISTENERS,
]);

const LEFT = '\u001b[D';
const RIGHT = '\u001b[C';
const ESCAPE = '\u001b';
/** To the widest range, and to tcp_tw_reuse 1. */
const WIDEST_AND_REUSE = [RIGHT, RIGHT, RIGHT, RIGHT, 'j', LEFT];

function open(size: FrameSize, ascii = false, model: Model = MODEL) {
  const copied: string[] = [];
  const store = createViewStore(initialViewState(), { copyText: (text) => copied.push(text) });
  store.dispatch({ type: 'model', model });
  const app = <App store={store} glyphs={glyphsFor(ascii)} />;
  const screen = renderAt(app, size);
  const press = (...keys: string[]) => {
    for (const key of keys) screen.stdin.write(key);
  };
  return { store, screen, press, copied };
}

const fits = (text: string, { columns, rows }: FrameSize) => {
  const lines = text.split('\n');
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  expect(lines.at(-1)).toMatch(/quit/);
};

describe.each([
  { columns: 120, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 60, rows: 20 },
])('at $columns x $rows', (size) => {
  test('the mark, the rows, the outcome, the commands and the groups stand on the screen', async () => {
    const { screen, press } = open(size);
    press('w');
    fits(await screen.waitForFrame('WHAT IF: nothing is changed yet'), size);
    press(...WIDEST_AND_REUSE);
    const text = await screen.waitForFrame(/tcp_tw_reuse +2 loopback only +→ 1 on/);
    fits(text, size);
    expect(text).toMatch(/^ WHAT IF, not the real machine: range 1024–65535, tw_reuse/m);
    expect(text).toMatch(/^ +10\.0\.3\.7 → 10\.0\.9\.21:8080 has 99\.9% of its ports left/m);
    expect(text).toMatch(/^ range 1024–65535 +64,512 ports/m);
    expect(text).toMatch(/^ {3}port range +40000–40099 +→ 1024–65535/m);
    expect(text).toMatch(/^ ▸ tcp_tw_reuse /m);
    expect(text).toMatch(/NOW +(IN )?1 MIN +SETTLED +EMPTY/);
    expect(text).toMatch(/^ +as it is +10\.0% +10\.0% +10\.0% +unknown$/m);
    expect(text).toMatch(/^ +changed +99\.9% +99\.9% +99\.9% +unknown$/m);
    const commands = [
      'sysctl -w net.ipv4.ip_local_reserved_ports="8080,9090"\n',
      'sysctl -w net.ipv4.ip_local_port_range="1024 65535"\n',
      'sysctl -w net.ipv4.tcp_tw_reuse=1\n',
    ];
    for (const command of commands) {
      // On a lower screen they are a few keys down.
      if (!screen.lastText().includes(command)) press('jjjjj');
      await screen.waitForFrame(command);
    }
    // On a lower screen the figures take the place of the table.
    if (size.rows >= 24) expect(text).toMatch(/HEADROOM.*\n.*10\.0\.9\.21:8080 .*99\.9%/);
    press(ESCAPE);
    const back = await screen.waitForFrame(/▸▲ .*→ 10\.0\.9\.21:8080 .*10\.0%/);
    expect(back).not.toContain('WHAT IF');
    expect(back).toContain('40000–40099');
  });

  test('y copies all commands, says so, and shows them whole', async () => {
    const { screen, press, copied } = open(size);
    press('w', ...WIDEST_AND_REUSE, 'y');
    const text = await screen.waitForFrame(/copied 3 lines.*select them here:/);
    fits(text, size);
    const commands = [
      'sysctl -w net.ipv4.ip_local_reserved_ports="8080,9090"',
      'sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
      'sysctl -w net.ipv4.tcp_tw_reuse=1',
    ];
    expect(copied).toEqual([commands.join('\n')]);
    expect(text).toContain(`here:\n${commands.map((line) => `   ${line}`).join('\n')}\n`);
    press('k');
    await screen.waitForFrame(/^ ▸ port range/m);
    expect(screen.lastText()).not.toContain('copied');
  });

  test('in ASCII every character is', async () => {
    const { screen, press } = open(size, true);
    press('w', 'jj', RIGHT, 'y');
    const text = await screen.waitForFrame(/destinations +as now +-> x2/);
    // oxlint-disable-next-line no-control-regex -- the ASCII range is what this is about
    expect(text).toMatch(/^[\x00-\x7f]*$/);
  });
});

test('at 40x10 what does not fit is left out: the row, the outcome and the worst group stay', async () => {
  const size = { columns: 40, rows: 10 };
  const { screen, press } = open(size);
  press('w', ...WIDEST_AND_REUSE);
  const text = await screen.waitForFrame(/▸ tcp_tw_reuse +→ 1 on/);
  fits(text, size);
  expect(text).toContain(' WHAT IF: range 1024–65535, tw_reuse 1');
  expect(text).toMatch(/^ changed +99\.9% +99\.9% +99\.9% +unknown$/m);
  expect(text).toMatch(/10\.0\.9\.21:8080\n.*99\.9%/);
});

test('at 40x10 what does not fit is read by going down, past the parameters', async () => {
  const size = { columns: 40, rows: 10 };
  const { screen, press } = open(size);
  press('w', ...WIDEST_AND_REUSE);
  await screen.waitForFrame(/↓ \d+ more lines/);
  press('jjjj', 'j');
  const first = await screen.waitForFrame('sysctl -w');
  fits(first, size);
  expect(first).toMatch(/changed +99\.9%/);
  press('G');
  const last = await screen.waitForFrame('makes this do nothing');
  fits(last, size);
  press('+');
  await screen.waitForFrame('Go up to a value to change it');
  press('g');
  await screen.waitForFrame(/^ ▸ port range/m);
});

test('Enter stays in the panel and says the keys', async () => {
  const { store, screen, press } = open({ columns: 40, rows: 10 });
  press('w', '\r');
  await screen.waitForFrame(/^ Arrows change it, 0 resets, Esc leaves$/m);
  expect(store.getState().panel).toBe('what-if');
  press('j');
  await screen.waitForFrame(/▸ tcp_tw_reuse/);
  expect(screen.lastText()).not.toContain('Arrows change it');
});

test('a key that changes nothing says why on the last line', async () => {
  const { screen, press } = open({ columns: 40, rows: 10 });
  press('w', LEFT);
  await screen.waitForFrame(/^ No smaller range; right arrow goes on$/m);
});

test('commands that do not fit are copied all the same, and not shown in part', async () => {
  const size = { columns: 40, rows: 10 };
  const { screen, press, copied } = open(size);
  press('w', ...WIDEST_AND_REUSE, 'y');
  const text = await screen.waitForFrame('copied, if the terminal takes OSC 52');
  fits(text, size);
  expect(text).not.toContain('sysctl -w');
  expect(copied[0]).toContain('tcp_tw_reuse=1');
  const long = {
    ...MODEL,
    advice: MODEL.advice.map((advice) => ({ ...advice, commands: ['sysctl -w x '.repeat(400)] })),
  };
  const small = open(size, false, long);
  small.press('a', 'y');
  expect(await small.screen.waitForFrame('takes OSC 52')).not.toContain('sysctl -wx');
});

test('+ - 0 and R change rows here, and the interval elsewhere', async () => {
  const { store, screen, press } = open({ columns: 80, rows: 24 });
  press('w', 'jj', '+', '+', '-', 'j', '+');
  await screen.waitForFrame(/destinations +as now +→ ×2/);
  expect(store.getState()).toMatchObject({
    intervalMs: 250,
    whatIf: { destinations: 2, sources: 2 },
  });
  press('0');
  await screen.waitForFrame(/sources +as now *\n/);
  expect(store.getState().whatIf).toEqual({ destinations: 2 });
  press('R', 'w', '+');
  await screen.waitForFrame(/▸▲ .*→ 10\.0\.9\.21:8080 .*10\.0%/);
  expect(store.getState()).toMatchObject({ intervalMs: 125, whatIf: {}, panel: 'groups' });
});

test('the figures follow the live data', async () => {
  const { store, screen, press } = open({ columns: 80, rows: 24 });
  press('w', 'jj', RIGHT);
  // Programs take a minute to spread; the table shows the groups after it.
  await screen.waitForFrame(/changed +10\.0% +\S+ +\S+ +unknown/);
  await screen.waitForFrame(/10\.0\.9\.21:8080 .* 55\.0%/);
  store.dispatch({ type: 'model', model: modelOf([...connections(60), ...LISTENERS]) });
  await screen.waitForFrame(/changed +40\.0% +70\.0% +70\.0%/);
});

test('changes that no command makes are said, and y has nothing to copy', async () => {
  const { screen, press, copied } = open({ columns: 80, rows: 24 });
  press('w', 'jj', RIGHT, 'jj', RIGHT, 'y');
  const text = await screen.waitForFrame('nothing to copy');
  expect(text).toContain('Spread each destination over 2 addresses or ports.');
  press('jjj');
  await screen.waitForFrame('Send 50% of the requests over open connections');
  expect(copied).toEqual([]);
});

test('a long list of ports to reserve stands whole, over several lines', async () => {
  const listeners = Array.from({ length: 40 }, (_, index) => ({
    local: '0.0.0.0',
    localPort: 20_001 + 2 * index,
    state: 'LISTEN' as const,
  }));
  const { screen, press, copied } = open(
    { columns: 60, rows: 24 },
    false,
    modelOf([...connections(10), ...listeners]),
  );
  press('w', RIGHT, RIGHT, RIGHT, RIGHT, 'y');
  const text = await screen.waitForFrame('copied 2 lines');
  // Each line closes its quotes and continues in the next, so that they can be pasted as they stand.
  const whole = text.replaceAll('"\\\n"', '');
  for (const command of copied[0]?.split('\n') ?? []) expect(whole).toContain(command);
  expect(copied[0]).toContain('20077,20079"');
});

test('y copies the commands of the opened suggestion', async () => {
  const size = { columns: 80, rows: 24 };
  const { screen, press, copied } = open(size);
  press('a', 'y');
  const text = await screen.waitForFrame(/copied \d lines?; if your terminal refuses OSC 52/);
  fits(text, size);
  const commands = MODEL.advice[0]?.commands ?? [];
  expect(copied).toEqual([commands.join('\n')]);
  for (const command of commands) expect(text).toContain(`  ${command}`);
  press('j');
  await screen.waitForFrame(/^ ▸ 2 /m);
  expect(screen.lastText()).not.toContain('copied');
});

describe('with another group selected', () => {
  const many = modelOf([
    ...connections(10),
    ...closedSteadily(80, {}, 40_010),
    ...Array.from({ length: 12 }, (_, index) =>
      connections(2, { remotePort: 9000 + index }),
    ).flat(),
  ]);
  const DOWN = '\u001b[B';

  test.for([
    [{ columns: 80, rows: 24 }, []],
    [{ columns: 60, rows: 24 }, []],
    [{ columns: 80, rows: 24 }, WIDEST_AND_REUSE],
    [{ columns: 60, rows: 30 }, WIDEST_AND_REUSE],
  ] as const)('the worst is still in sight: %j, %j', async ([size, keys]) => {
    const { screen, press } = open(size, false, many);
    press(...Array.from({ length: 11 }, () => DOWN));
    await screen.waitForFrame(/▸ .*:90/);
    press('w', ...keys);
    const text = await screen.waitForFrame(keys.length > 0 ? /→ 1 on/ : /nothing is changed yet/);
    const table = text.slice(text.lastIndexOf('HEADROOM'));
    expect(table).toMatch(/:8080 /);
  });
});

test('what was said of a step is over when the machine itself has another value', async () => {
  const { store, screen, press } = open({ columns: 60, rows: 15 });
  press('w', 'j', RIGHT);
  await screen.waitForFrame('No value above 2; left arrow goes back');
  const sysctls = { ...MODEL.sample.sysctls, 'net.ipv4.tcp_tw_reuse': '1' };
  store.dispatch({ type: 'model', model: MODEL });
  expect(await screen.waitForFrame('tcp_tw_reuse')).toContain('No value above 2');
  store.dispatch({ type: 'model', model: { ...MODEL, sample: { ...MODEL.sample, sysctls } } });
  await screen.flush();
  expect(screen.lastText()).toMatch(/tcp_tw_reuse +1 on/);
  expect(screen.lastText()).not.toContain('No value above 2');
});
