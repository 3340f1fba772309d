/** How long a suggestion keeps its number on the screen, and what a number means while it changes. */
import { describe, expect, test } from 'vitest';
import type { Advice, AdviceId } from '../../src/model/advice/advice.ts';
import type { Model } from '../../src/model/model.ts';
import { meantAdvice } from '../../src/store/meant-advice.ts';
import type { Action } from '../../src/store/actions.ts';
import { reduce } from '../../src/store/reducer.ts';
import { initialViewState, shownModel, type ViewState } from '../../src/store/view-state.ts';
import { closedLately, modelOf } from '../helpers/sockets.ts';

const START_MS = Date.UTC(2026, 10, 21, 12);
const LETTERS: Readonly<Record<string, AdviceId>> = {
  k: 'keep-alive',
  r: 'enable-tw-reuse',
  w: 'widen-port-range',
};

/** A suggestion by its letter; a lasting headroom may follow: `r90`. */
function suggestion(word: string): Advice {
  const [letter = ''] = word;
  const headroom = Number(word.slice(1) || 50);
  const id = LETTERS[letter];
  if (id === undefined) throw new Error(word);
  const effect = {
    group: '',
    headroomBefore: 0,
    headroomAfter: headroom,
    headroomAfterMinute: headroom,
  };
  return { id, severity: 'critical', title: id, why: '', commands: [], effect };
}

const model = (afterMs: number, words: string, isOut = false): Model => ({
  ...modelOf(closedLately(isOut ? 100 : 50), { takenAtMs: START_MS + afterMs }),
  advice: words.split(' ').filter(Boolean).map(suggestion),
});

const next = (state: ViewState, afterMs: number, words: string, isOut = false) =>
  reduce(state, { type: 'model', model: model(afterMs, words, isOut) });
const letters = (state: ViewState) =>
  (shownModel(state)?.advice ?? []).map(({ id }) => id[id === 'enable-tw-reuse' ? 10 : 0]).join('');
/** What stands there after these looks, each `ms suggestion …`; `!ms`: out of ports. */
const after = (...looks: readonly string[]) =>
  looks.reduce((state, look) => {
    const [ms = '', ...words] = look.split(' ');
    return next(state, Number(ms.replace('!', '')), words.join(' '), ms.startsWith('!'));
  }, initialViewState());

describe('the order', () => {
  test.for([
    [['0 r w k'], 'rwk'],
    [['0 r w k', '4999 w r k'], 'rwk'],
    [['0 r w k', '5000 w r k'], 'wrk'],
    // What is in order again begins anew.
    [['0 r w', '4000 w r', '4500 r w', '9499 w r'], 'rw'],
    [['0 r w', '4000 w r', '4500 r w', '9500 w r'], 'wr'],
    // A new one comes last, or at once where it is plainly better than the first.
    [['0 r w', '250 k74 r w'], 'rwk'],
    [['0 r w', '250 k75 r w'], 'krw'],
    [['0 r w', '250 w75 r'], 'wr'],
    // One that has gone leaves its place.
    [['0 r w k', '250 k w'], 'wk'],
    [['0', '250 w r'], 'wr'],
    // A recording that goes on at an earlier time.
    [['5000 r w', '4000 w r'], 'wr'],
  ] as const)('of %j is %s', ([looks, order]) => {
    expect(letters(after(...looks))).toBe(order);
  });

  test.for([
    // `!` is a look at which the group is out of ports. When that begins, the order is that of the figures.
    [['0 r w', '250 w r', '!500 w r'], 'wr'],
    [['0 r w', '!250 w r'], 'wr'],
    // From then on the first stays, however much better another one is, and the others go by their figures.
    [['!0 r w k', '!5000 w r k'], 'rwk'],
    [['!0 r w k', '!5000 k90 w r'], 'rkw'],
    [['!0 r w', '!250 k90 w r'], 'rwk'],
    // Until it does not help any more, or was carried out.
    [['!0 r w', '!250 w k'], 'wk'],
    [['!0 r w', '!250 w k', '!500 k r w'], 'wkr'],
    // Or until the outage has ended.
    [['!0 r w', '!5000 w r', '10000 w r'], 'wr'],
  ] as const)('in an outage, of %j is %s', ([looks, order]) => {
    expect(letters(after(...looks))).toBe(order);
  });

  test('a graver one comes at once', () => {
    const graver = model(250, 'w r');
    const [w, r] = graver.advice as [Advice, Advice];
    const state = reduce(after('0 r w'), {
      type: 'model',
      model: { ...graver, advice: [w, { ...r, severity: 'warning' }] },
    });
    expect(letters(state)).toBe('wr');
  });
});

describe('a number', () => {
  const meant = (state: ViewState, number: number) => meantAdvice(state, number - 1)?.id;

  test('means for a second what stood there before', () => {
    const changed = ['0 r w k', '5000 w r k'];
    expect(meant(after(...changed), 1)).toBe('enable-tw-reuse');
    expect(meant(after(...changed, '5999 w r k'), 1)).toBe('enable-tw-reuse');
    expect(meant(after(...changed, '6000 w r k'), 1)).toBe('widen-port-range');
  });

  test('means nothing where that has gone, and what came where there was nothing', () => {
    const state = after('0 r w', '250 w k');
    expect([1, 2, 3].map((number) => meant(state, number))).toEqual([
      undefined,
      'widen-port-range',
      undefined,
    ]);
    expect(meant(after('0 r', '250 r w'), 2)).toBe('widen-port-range');
  });

  test('opens what is meant, or says that it is gone', () => {
    const open = (state: ViewState, index: number) => reduce(state, { type: 'advice', index });
    expect(open(after('0 r w k', '5000 w r k'), 0)).toMatchObject({
      panel: 'advice',
      panelCursor: 1,
      notice: undefined,
    });
    const gone = open(after('0 r w', '250 w'), 0);
    expect(gone).toMatchObject({ panelCursor: 0, notice: 'That suggestion no longer applies' });
    expect(open(gone, 1).notice).toBeUndefined();
  });

  test.for([
    [{ type: 'freeze' }],
    [{ type: 'panel', panel: 'what-if' }],
  ] as const satisfies readonly (readonly [Action])[])(
    'is that on the screen after %j, which stands still',
    ([action]) => {
      const state = reduce(after('0 r w', '5000 w r'), action);
      const shown = shownModel(state)?.advice[0]?.id;
      expect(meant(state, 1)).toBe(shown);
    },
  );

  test('is that on the screen where samples are rare', () => {
    const rare = { ...after('0 r w', '5000 w r'), intervalMs: 1001 };
    expect(meant(rare, 1)).toBe('widen-port-range');
    expect(meant({ ...rare, intervalMs: 1000 }, 1)).toBe('enable-tw-reuse');
  });
});
