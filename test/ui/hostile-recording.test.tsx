/** Whatever a recording says that is read at all can be drawn, on every panel. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/model/model.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import { ParseError } from '../../src/kernel/parse-error.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { SampleDecoder, SampleEncoder } from '../../src/recording/sample-codec.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { anonymizer } from '../../src/recording/anonymous/sample.ts';
import { reportDocument } from '../../src/outputs/report-json.ts';
import { reportMarkdown } from '../../src/outputs/report-markdown.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { reportOf } from '../helpers/reports.ts';
import { pressedSamples } from '../helpers/pressure.ts';
import { sampleOfSockets, closedLately, connections, timeWaits } from '../helpers/sockets.ts';

type Written = { [key: string]: unknown };

/** Samples with something in every field. */
const BASES = [
  ...pressedSamples('seen'),
  sampleOfSockets([...connections(30), ...timeWaits(20, 30_000, {}, 40_030)]),
  sampleOfSockets([...closedLately(90), ...connections(7, { remote: '::1', local: '::1' })]),
].map((sample) => new SampleEncoder().encode(sample).text);

/** Places of numbers in a value, as lists of keys. */
function numbersIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => numbersIn(item, [...path, key]));
}

/** The same by the name of their field: no field is rare because others have many numbers. */
function byField(places: readonly (readonly string[])[]) {
  const nameOf = (path: readonly string[]) => path.findLast((key) => !/^\d+$/.test(key)) ?? '';
  return Object.groupBy(places, nameOf);
}

function setAt(value: unknown, [key = '', ...rest]: readonly string[], to: number): void {
  const object = value as Written;
  if (rest.length === 0) object[key] = to;
  else setAt(object[key], rest, to);
}

/** What is left of the figures of a group once they fit each other, so that more than the first check sees them. */
function fitted(sample: { groups: Record<string, Record<string, number>> }): void {
  for (const group of Object.values(sample.groups)) {
    group['used'] = (group['liveUsed'] ?? 0) + (group['timeWaitUsed'] ?? 0);
    group['free'] = (group['usable'] ?? 0) - group['used'];
  }
}

const EXTREMES = [-65_535, -1, 0, 1, 60, 100, 65_535, 65_536, 1e7, 1e12, 0.5, 8.64e15];

type Line = { '=': Parameters<typeof fitted>[0] };

function decoded(line: Line): Sample | undefined {
  try {
    return new SampleDecoder().take(JSON.stringify(line));
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    return undefined;
  }
}

/** Samples in which some numbers are others, as far as they are read. */
const hostile = fc
  .record({
    base: fc.constantFrom(...BASES),
    changes: fc.array(
      fc.record({
        field: fc.nat(),
        place: fc.nat(),
        values: fc.shuffledSubarray(EXTREMES, { minLength: EXTREMES.length }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ base, changes }): Sample => {
    let line = JSON.parse(base) as Line;
    const fields = Object.values(byField(numbersIn(line['='])));
    for (const { field, place, values } of changes) {
      const places = fields[field % fields.length] ?? [];
      const changed = values.map((value) => {
        const next = structuredClone(line);
        setAt(next['='], places[place % places.length] ?? [], value);
        fitted(next['=']);
        return next;
      });
      line = changed.find((each) => decoded(each) !== undefined) ?? line;
    }
    return decoded(line) ?? expect.unreachable('the base is read');
  });

const SIZES = [
  { columns: 200, rows: 50 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
];

/** Draws all panels; returns what stood on the screens. */
async function drawn(models: readonly Model[], size: (typeof SIZES)[number]): Promise<string[]> {
  const store = createViewStore(initialViewState());
  for (const model of models) store.dispatch({ type: 'model', model });
  const screen = renderAt(<App store={store} glyphs={glyphsFor(false)} />, size);
  const texts: string[] = [];
  for (const key of ['', '\r', 'a', '\r', 's', 'w', '+', '\u001b', 'f']) {
    if (key !== '') screen.stdin.write(key);
    await screen.flush();
    texts.push(screen.lastText());
  }
  return texts;
}

async function expectDrawn(sample: Sample, size: (typeof SIZES)[number]): Promise<void> {
  const stream = new ModelStream();
  const before = pressedSamples('seen').map((each) => stream.next(each));
  const texts = await drawn([...before, stream.next(sample), buildModel(sample)], size);
  for (const text of texts) {
    expect(text.split('\n').length).toBeLessThanOrEqual(size.rows);
    expect(text).toMatch(/range \d+–\d+/);
    expect(text).not.toMatch(/NaN|undefined|ERROR/);
  }
}

test.each([
  { usable: -1 },
  { usable: 0 },
  { usable: -65_535, liveUsed: 65_535 },
  { liveUsed: 4e6, timeWaitUsed: 4e6, reusable: 1e7 },
  { closeRate: 1e12, overdueTimeWait: 1e12 },
])('groups of which all have %j', async (figures) => {
  const line = JSON.parse(BASES[0] ?? '') as Line;
  for (const group of Object.values(line['='].groups)) Object.assign(group, figures);
  fitted(line['=']);
  const sample = decoded(line);
  expect(sample).toBeDefined();
  if (sample !== undefined) for (const size of SIZES) await expectDrawn(sample, size);
});

test('any numbers that are read are drawn, on every panel and size', async () => {
  await fc.assert(fc.asyncProperty(hostile, fc.constantFrom(...SIZES), expectDrawn), {
    numRuns: 20,
  });
});

test('a report can be made of whatever it says, and it can be written without names', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (samples) => {
      const report = reportOf(samples);
      expect(reportDocument(report).recording.samples).toBe(samples.length);
      expect(reportMarkdown(report, 'UTC')).not.toMatch(/NaN|undefined|Infinity/);
      const anonymous = anonymizer();
      for (const sample of samples) {
        const { text } = new SampleEncoder().encode(anonymous(sample));
        expect(new SampleDecoder().take(text).groups).toHaveLength(sample.groups.length);
      }
    }),
    { numRuns: 150 },
  );
});
