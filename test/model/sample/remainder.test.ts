import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildModel } from '../../../src/model/model.ts';
import { sampleOf } from '../../../src/model/sample/measure.ts';
import { connections, reading, timeWaits } from '../../helpers/sockets.ts';

const destinations = (counts: readonly { live: number; timeWait: number }[]) =>
  counts.flatMap(({ live, timeWait }, index) => {
    const ends = { remotePort: 7000 + index };
    return [...connections(live, ends), ...timeWaits(timeWait, 30_500, ends, 40_000 + 2 * live)];
  });

const modelOf = (sockets: ReturnType<typeof destinations>, most?: number) =>
  buildModel(sampleOf(reading(sockets), { mostGroups: most }));

test('the largest groups are measured, the others are summed up, and nothing is lost', () => {
  const count = fc.record({ live: fc.nat(8), timeWait: fc.nat(8) });
  fc.assert(
    fc.property(
      fc.array(count, { maxLength: 12 }),
      fc.integer({ min: 1, max: 14 }),
      (counts, most) => {
        const sockets = destinations(counts);
        const all = modelOf(sockets);
        const cut = modelOf(sockets, most);
        expect(cut.groups).toHaveLength(Math.min(most, all.groups.length));
        expect(cut.groups.length + cut.sample.remainder.groups).toBe(all.groups.length);
        expect(cut.drainSchedule).toEqual(all.drainSchedule);
        expect(cut.sample.byState).toEqual(all.sample.byState);
        const size = ({ used, reusable }: (typeof all.groups)[number]) => used + reusable;
        const shown = cut.groups.reduce((sum, group) => sum + size(group), 0);
        expect(shown + cut.sample.remainder.sockets).toBe(sockets.length);
        // No group that was left out is larger than one that was not.
        const sizes = all.groups.map(size).toSorted((a, b) => b - a);
        expect(cut.groups.map(size).toSorted((a, b) => b - a)).toEqual(sizes.slice(0, most));
      },
    ),
  );
});
