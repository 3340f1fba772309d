import { expect, test } from 'vitest';
import { backgroundOf } from '../../src/terminal/background.ts';
import { BackgroundWatch } from '../../src/terminal/background-watch.ts';

test.for([
  ['rgb:0000/0000/0000', 'dark'],
  ['rgb:0/0/0', 'dark'],
  ['rgb:fff/fff/fff', 'light'],
  // Where black text reads better than white: from a luminance of 0.179 on, a grey of 117.7 of 255.
  ['rgb:75/75/75', 'dark'],
  ['rgb:76/76/76', 'light'],
  ['#757575', 'dark'],
  ['#767676', 'light'],
  // Solarized, and a pure blue, which is dark though one channel is full.
  ['rgb:0000/2b2b/3636', 'dark'],
  ['rgb:fdfd/f6f6/e3e3', 'light'],
  ['rgb:00/00/ff', 'dark'],
  ['rgb:00/ff/00', 'light'],
  ['rgba:ffff/ffff/ffff/0000', 'light'],
  ['#000', 'dark'],
  ['#ffffffffffff', 'light'],
  ...['', 'white', 'rgb:', 'rgb:ff/ff', 'rgb:fffff/0/0', '#ffff', 'rgb:1/2/3/4/5', 'rgb:g/g/g'].map(
    (text) => [text, 'unknown'] as const,
  ),
] as const)('%j is %s', ([text, background]) => {
  expect(backgroundOf(text)).toBe(background);
});

function watch() {
  const heard: string[] = [];
  const written: string[] = [];
  const clock = { nowMs: 5000 };
  const asked = new BackgroundWatch({
    write: (text) => written.push(text),
    now: () => clock.nowMs,
  });
  const stop = asked.listen((background) => heard.push(background));
  return { asked, heard, written, clock, stop };
}

const answer = (background: 'dark' | 'light') => ({ type: 'background', background }) as const;

test('it asks for the colour and then for what every terminal answers, in one write', () => {
  const { written, asked, stop } = watch();
  expect(written).toEqual(['\x1b]11;?\x1b\\\x1b[c']);
  asked.ask();
  expect(written).toHaveLength(2);
  stop();
  asked.ask();
  expect(written).toHaveLength(2);
});

test.for([
  [0, ['light']],
  [100, ['light']],
  [101, []],
] as const)('an answer after %d ms: %j', ([ms, used]) => {
  const { asked, clock, heard } = watch();
  clock.nowMs += ms;
  asked.push(answer('light'));
  expect(heard).toEqual(used);
});

test('an answer that was not asked for is not used, a change of the colours is', () => {
  const { asked, clock, heard } = watch();
  asked.push(answer('light'));
  asked.push(answer('dark'));
  clock.nowMs += 60_000;
  asked.push({ type: 'scheme', background: 'dark' });
  expect(heard).toEqual(['light', 'dark']);
});

test('who answers with no colour at all has said nothing', () => {
  const { asked, heard } = watch();
  asked.push({ type: 'background', background: 'unknown' });
  expect(heard).toEqual([]);
});

test('nothing is expected once both have been answered, in any order', () => {
  for (const order of [
    [answer('dark'), { type: 'attributes' }],
    [{ type: 'attributes' }, answer('dark')],
  ] as const) {
    const { asked } = watch();
    expect(asked.expectedForMs).toBe(1000);
    asked.push(order[0]);
    expect(asked.isExpecting).toBe(true);
    asked.push(order[1]);
    expect({ is: asked.isExpecting, ms: asked.expectedForMs }).toEqual({ is: false, ms: 0 });
  }
});

test('the second answer alone is silence on the first question, but for 100 ms, as GNU screen gives it first', () => {
  const { asked, clock } = watch();
  asked.push({ type: 'attributes' });
  clock.nowMs += 100;
  expect(asked.isExpecting).toBe(true);
  clock.nowMs += 1;
  expect({ is: asked.isExpecting, ms: asked.expectedForMs }).toEqual({ is: false, ms: 0 });
});

test('a terminal that answers nothing is waited for a second at the end, counted from the question', () => {
  const { asked, clock } = watch();
  clock.nowMs += 400;
  expect(asked.expectedForMs).toBe(600);
  clock.nowMs += 700;
  expect({ is: asked.isExpecting, ms: asked.expectedForMs }).toEqual({ is: true, ms: 0 });
});
