import { expect, test, vi } from 'vitest';
import type { Model } from '../../../src/model/model.ts';
import { startReplay } from '../../../src/store/replay.ts';
import { initialViewState } from '../../../src/store/view-state.ts';
import { createViewStore } from '../../../src/store/view-store.ts';
import { ScreenReaderView } from '../../../src/ui/speech/screen-reader-view.tsx';
import type { Show, ShowState } from '../../../src/ui/show.ts';
import { glyphsFor } from '../../../src/ui/theme.ts';
import { HERE, placeModel, WEB } from '../../helpers/places.ts';
import { renderAt } from '../../helpers/ink-stdout.ts';
import { closedLately, connections, modelOf } from '../../helpers/sockets.ts';

const host = (last: number, count: number) => connections(count, { remote: `10.0.9.${last}` });
const SOCKETS = [
  ...connections(4, { remote: '10.0.9.1' }),
  ...closedLately(90, { remote: '10.0.9.1' }, 40_004),
  ...host(2, 20),
  ...host(3, 5),
];
const MODEL = modelOf(SOCKETS);
const NOON = MODEL.sample.takenAtMs;
const later = (seconds: number, sockets = SOCKETS) =>
  modelOf(sockets, { takenAtMs: NOON + 1000 * seconds });

/** The view, and what it said: one text for each time that it spoke. */
function listen(
  model: Model = MODEL,
  columns = 1000,
  settings: Parameters<typeof initialViewState>[0] = {},
) {
  const copied: string[] = [];
  const store = createViewStore(initialViewState(settings), {
    copyText: (text) => copied.push(text),
  });
  const show = (next: Model) => store.dispatch({ type: 'model', model: next });
  show(model);
  const view = <ScreenReaderView store={store} glyphs={glyphsFor(true)} />;
  const screen = renderAt(view, { columns, rows: 24 });
  const spoken = () => screen.frames.filter((frame) => frame.trim() !== '');
  /** What is said next, in answer to keys. */
  const press = async (keys: string) => {
    const before = spoken().length;
    screen.stdin.write(keys);
    await vi.waitFor(() => expect(spoken().length).toBeGreaterThan(before));
    await screen.flush();
    return spoken().slice(before).join('');
  };
  return { store, show, screen, spoken, press, copied };
}

const lines = (text: string) => text.trimEnd().split('\n');

test('at first the verdict is said, then the machine, then each group in order', () => {
  const [first = '', ...others] = listen().spoken();
  expect(others).toEqual([]);
  expect(lines(first).map((line) => line.slice(0, 60))).toEqual([
    'Critical: 10.0.3.7 to 10.0.9.1 port 8080 runs out of ports i',
    'Machine proxy-7: ports 40000 to 40099, 100 of them, tcp_tw_r',
    '1 of 3, selected: 10.0.3.7 to 10.0.9.1 port 8080, critical, ',
    '2 of 3: 10.0.3.7 to 10.0.9.2 port 8080, healthy, 80 percent ',
    '3 of 3: 10.0.3.7 to 10.0.9.3 port 8080, healthy, 95 percent ',
  ]);
});

test('what is wrong with the settings is said behind it, once', async () => {
  const { spoken } = listen(MODEL, 1000, { notice: 'config.json: "often" is wrong' });
  await vi.waitFor(() => expect(spoken().join('')).toContain('"often" is wrong'));
  const said = spoken().join('');
  expect(said.indexOf('Critical: ')).toBe(0);
  expect(said.match(/"often" is wrong/g)).toHaveLength(1);
});

test('of many groups the first are said, and how many there are', () => {
  const model = modelOf(
    Array.from({ length: 60 }, (_, index) => host(1 + index, 61 - index)).flat(),
  );
  const said = lines(listen(model).spoken().join(''));
  expect(said.filter((line) => / of 60[,:]/.test(line))).toHaveLength(3);
  expect(said.at(-1)).toBe('And 57 more groups.');
});

test('lines are broken between words, commands are not', async () => {
  const { spoken, press } = listen(MODEL, 40);
  for (const line of lines(spoken().join(''))) expect(line.length).toBeLessThan(40);
  expect(spoken().join(' ').replaceAll(/\s+/g, ' ')).toContain('100 of them, tcp_tw_reuse on');
  const advice = await press('a');
  expect(advice).toMatch(/^printf '%s\\n' 'net\.ipv4\.tcp_tw_reuse=1' >> .{20,}$/m);
});

test('samples that bring no news are not heard', async () => {
  const { show, spoken, screen } = listen();
  for (let seconds = 0.25; seconds <= 60; seconds += 0.25) show(later(seconds));
  await screen.flush();
  expect(spoken()).toHaveLength(1);
});

test('a group that gets worse is heard at once, with the key for what to do', async () => {
  const { show, spoken, screen } = listen(modelOf(host(2, 20)));
  expect(spoken().join('')).toMatch(/^Healthy: the fullest group, /);
  show(later(1, host(2, 80)));
  await screen.flush();
  expect(spoken().at(-1)).toMatch(
    /^Warning: 10\.0\.3\.7 to 10\.0\.9\.2 port 8080 .* Press the letter a for what to do about it\. \d\d:\d\d:\d\d\.\n$/,
  );
  show(later(2, host(2, 100)));
  await screen.flush();
  expect(spoken().at(-1)).toMatch(/^Critical: .* is out of ports, and new connections fail/);
  expect(spoken()).toHaveLength(3);
});

test('while the screen is held nothing of the present is heard', async () => {
  const { show, spoken, press } = listen(modelOf(host(2, 20)));
  expect(await press('p')).toMatch(/^Frozen at .*; sampling goes on\. The letter p continues\.\n$/);
  const before = spoken().length;
  show(later(1, host(2, 100)));
  expect(spoken()).toHaveLength(before);
  expect(await press('p')).toMatch(/^Live again\.\nCritical: .* is out of ports/);
  show(later(2, host(2, 100)));
  expect(spoken()).toHaveLength(before + 1);
});

test.for<[keys: string, said: RegExp]>([
  ['j', /^2 of 3, selected: 10\.0\.3\.7 to 10\.0\.9\.2 port 8080, [^\n]*\n$/],
  ['k', /^1 of 3, selected: [^\n]*\n$/],
  ['G', /^3 of 3, selected: [^\n]*\n$/],
  ['>', /^Sorted by ports in use\.\n1 of 3, selected: /],
  ['I', /^Sorted by headroom, inverted\.\n1 of 3, selected: /],
  [
    'f',
    /^Folded by destination\.\n3 groups\.\n1 of 3, selected: 10\.0\.9\.1 port 8080 \(1 source\), /,
  ],
  ['+', /^A sample every 125 milliseconds\.\n$/],
  ['n', /^Host names, where they are known\.\n1 of 3/],
  ['t', /^Theme: colour-blind; S saves it\.\n$/],
  ['S', /^There is nowhere to save settings\.\n$/],
  ['[', /^No earlier time is kept\.\n$/],
  [']', /^This is the newest\.\n$/],
  ['L', /^Critical: .*\nMachine .*\n1 of 3, .*\n2 of 3: .*\n3 of 3: .*\n$/],
  ['\r', /^Detail of 10\.0\.3\.7 to 10\.0\.9\.1 port 8080: critical, .*\nForecast: /],
  [
    'a',
    /^Suggestions, best first, for 10\.0\.3\.7 to 10\.0\.9\.1 port 8080\.\n1 of \d, selected: headroom from 6 percent to /,
  ],
  ['2', /^2 of \d, selected: headroom from 6 percent /],
  [
    's',
    /^Sysctls that matter\. .*\n1 of 12, selected: net\.ipv4\.ip_local_port_range is 40000 40099, /,
  ],
  [
    'w',
    /^What if: nothing is changed yet.*\n1 of 6, selected: port range, now 40000 to 40099\.\n2 of 6: /,
  ],
  ['?', /^Help\. .*\nCapital L says everything again; .*\nup arrow or k: select the group above; /],
])('what the key %j does is said, what is new first', async ([keys, said]) => {
  const { press } = listen();
  expect(await press(keys)).toMatch(said);
});

test('in a panel the keys that move say the row, and Escape says where one is back', async () => {
  const { press } = listen();
  await press('s');
  expect(await press('j')).toMatch(
    /^2 of 12, selected: net\.ipv4\.ip_local_reserved_ports is [^\n]*\n$/,
  );
  expect(await press('\u001b')).toMatch(/^3 groups\.\n1 of 3, selected: /);
  await press('?');
  expect(await press('jj')).toBe(
    'Capital L says everything again; in a recording it goes to the end. A key that changes nothing says where you are.\nup arrow or k: select the group above; it stays selected.\n',
  );
  await press('?\r');
  expect(await press('j')).toMatch(/^Forecast: /);
});

test('what-if says the row that was changed, the outcome and the commands; y copies them', async () => {
  const { press, copied } = listen();
  await press('wj');
  expect(await press('-')).toMatch(
    /^2 of 6, selected: tcp_tw_reuse, now 2 loopback only, then 1 on\.\nWith the changes, .* headroom now, .* As it is, 10\.0\.3\.7 to 10\.0\.9\.1 port 8080 has 6 percent headroom now, .*\nThe command:\nsysctl -w net\.ipv4\.tcp_tw_reuse=1\nNote: Both ends need TCP timestamps .*\n$/,
  );
  expect(await press('+')).toContain('tcp_tw_reuse, now 2 loopback only.');
  expect(await press('+')).toBe('No value above 2; left arrow goes back.\n');
  expect(await press('+')).toBe('No value above 2; left arrow goes back.\n');
  expect(await press('\r')).toBe('Arrows change it, 0 resets, Esc leaves.\n');
  await press('-');
  expect(await press('y')).toBe('Copied 1 line, if the terminal takes OSC 52.\n');
  expect(copied).toEqual(['sysctl -w net.ipv4.tcp_tw_reuse=1']);
});

test('the filter is said as it is typed, with what is wrong with it, and what it leaves', async () => {
  const { press, show, spoken, screen } = listen();
  expect(await press('/')).toMatch(
    /^Filter: type words; Enter keeps them, Escape clears them\. 3 groups\.\n$/,
  );
  expect(await press('.')).toBe('Filter .: 3 groups of 3.\n');
  expect(await press('2')).toBe('Filter .2: 1 group of 3.\n');
  const wrong =
    /^Filter \.2 port:x: not understood: word 2, "port:x": write a port or a range: port:8080, port:8000-8100\.\n$/;
  await press(' port:');
  expect(await press('x')).toBe('Filter .2 port:x.\n');
  // Once, when nobody types any more.
  const before = spoken().length;
  for (const seconds of [1, 1.9, 2, 3, 60]) show(later(seconds));
  await screen.flush();
  expect(spoken().slice(before)).toEqual([expect.stringMatching(wrong)]);
  expect(await press('\r')).toMatch(wrong);
  for (let letter = 0; letter < ' port:x'.length; letter++) await press('\u007f');
  expect(await press('\r')).toMatch(
    /^Filter kept, 1 group of 3\.\n1 of 1, selected: .*10\.0\.9\.2 /,
  );
  expect(await press('L')).toMatch(/\nOnly groups that match the filter \.2:\n1 of 1, selected: /);
  expect(await press('\u001b')).toMatch(/^Filter cleared, 3 groups of 3\.\n1 of 3, selected: /);
});

test('going back in time says when, how long ago, and what was so', async () => {
  const { show, press } = listen(modelOf(host(2, 20)));
  show(later(40, host(2, 100)));
  expect(await press('[')).toMatch(
    /^Past: \d\d:\d\d:\d\d, 40 seconds ago\. Right arrow goes forward, capital L is live again\.\nHealthy: /,
  );
  expect(await press('L')).toMatch(/^Live again\.\nCritical: /);
});

test('a fold is opened, and gone back to', async () => {
  const { press } = listen();
  await press('fj');
  expect(await press('\r')).toMatch(
    /^Members of the fold; Escape goes back to the folds\.\n1 group\.\n1 of 1, selected: 10\.0\.3\.7 to 10\.0\.9\.2 /,
  );
  expect(await press('\u001b')).toMatch(
    /^Folded by destination\.\n3 groups\.\n2 of 3, selected: 10\.0\.9\.2 port 8080 \(1 source\), /,
  );
});

test('without connections that is all that is said', async () => {
  const { spoken, press } = listen(modelOf([]));
  expect(lines(spoken().join(''))).toEqual([
    'No outgoing TCP connections: every port is free.',
    expect.stringMatching(/^Machine proxy-7: /),
  ]);
  expect(await press('j')).toBe('No outgoing TCP connections.\n');
  expect(await press('\r')).toBe('The selected group has no connections at this time.\n');
  expect(await press('a')).toBe('Nothing to change: no group would have more headroom.\n');
});

test('whatever is said is plain text, without a glyph', async () => {
  const { press, spoken } = listen();
  for (const key of ['\r', 's', 'a', 'w', 'j', '+', '?', 'f', 'p', '[', 'L', '/', 'x'])
    await press(key);
  expect(spoken().length).toBeGreaterThan(10);
  expect(spoken().join('')).toMatch(/^[\n\x20-\x7e]*$/);
});

test('what becomes of a recording is said, though it comes after the key', async () => {
  const { store, spoken } = listen();
  const before = spoken().length;
  store.dispatch({ type: 'record' });
  store.dispatch({ type: 'recording', file: './ephtop.eph.gz' });
  store.dispatch({ type: 'notice', text: 'Recorded 12 samples' });
  store.dispatch({ type: 'notice', text: 'Recorded 12 samples' });
  await vi.waitFor(() => expect(spoken().length).toBe(before + 2));
  expect(
    spoken()
      .slice(before)
      .map((text) => text.trim()),
  ).toEqual(['Recording to ./ephtop.eph.gz; r stops it.', 'Recorded 12 samples.']);
});

test('a recording tells where it is, and the verdict of the time that it has jumped to', async () => {
  const position = { index: 4, elapsedMs: 1000, durationMs: 60_000, isLast: false };
  const { store, press, spoken } = listen(MODEL, 1000, { replay: startReplay(position) });
  expect(spoken()[0]).toMatch(/^Recording of proxy-7, playing: 1 second of 60 seconds\.\n/);
  expect(await press(' ')).toBe('Recording of proxy-7, paused: 1 second of 60 seconds.\n');
  expect(await press(']')).toBe('Recording of proxy-7, paused: 31 seconds of 60 seconds.\n');
  const { goal } = store.getState().replay ?? {};
  if (goal === undefined) throw new Error('no goal');
  const before = spoken().length;
  store.dispatch({
    type: 'model',
    model: later(30),
    step: { ...position, index: 124, elapsedMs: 31_000, goal },
  });
  await vi.waitFor(() => expect(spoken().length).toBe(before + 1));
  expect(spoken()[before]).toMatch(/^\d\d:\d\d:\d\d: Critical: .* runs out of ports in .*\n$/);
  expect(await press('+')).toMatch(/paused, at 2 times its pace/);
});

test('each caption of a show is said once, with its keys; a figure in it that changes is no news', async () => {
  const listeners = new Set<() => void>();
  let state = {
    headline: 'OUT OF PORTS',
    text: 'Press 1.',
    severity: 'critical',
    status: '',
    keys: ['1 enable-tw-reuse', 'space pause'],
  } satisfies ShowState;
  const show: Show = {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    getState: () => state,
    press: () => undefined,
  };
  const tell = (headline: string) => {
    state = { ...state, headline };
    for (const listener of listeners) listener();
  };
  const store = createViewStore(initialViewState());
  store.dispatch({ type: 'model', model: MODEL });
  const screen = renderAt(<ScreenReaderView store={store} glyphs={glyphsFor(true)} show={show} />, {
    columns: 1000,
    rows: 24,
  });
  await screen.flush();
  for (const headline of ['OUT OF PORTS', 'OUT OF PORTS', '95% FREE NOW', '94% FREE NOW'])
    tell(headline);
  await screen.flush();
  const said = screen.frames.join('');
  expect(said.match(/OUT OF PORTS\. Press 1\. 1 enable-tw-reuse, space pause\./g)).toHaveLength(1);
  expect(said.match(/percent FREE NOW/g)).toHaveLength(1);
});

test('of several places each sentence says which', async () => {
  const { store, press } = listen(placeModel(HERE, 20));
  store.dispatch({ type: 'model', model: placeModel(WEB, 95) });
  const all = lines(await press('L'));
  expect(all[0]).toMatch(/^In web: Critical: 10\.0\.3\.7 to 10\.0\.9\.21 port 8080 has /);
  expect(all[1]).toMatch(/^Place web on proxy-7: ports 40000 to 40099, /);
  expect(all.slice(2)).toEqual([
    expect.stringMatching(/^1 of 2, selected: \S+ to \S+ port 8080 in web, critical, /),
    expect.stringMatching(/^2 of 2: \S+ to \S+ port 8080 in proxy-7, healthy, /),
  ]);
  expect(await press('j')).toMatch(/^2 of 2, selected: .* in proxy-7, healthy/);
});

test('of one place no sentence names it but that of the machine', () => {
  const [first = ''] = listen(placeModel(HERE, 20)).spoken();
  expect(first.match(/proxy-7/g)).toHaveLength(1);
});
