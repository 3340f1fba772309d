import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { historyTimes } from '../../src/model/model-history.ts';
import type { Model } from '../../src/model/model.ts';
import {
  groupsOf,
  modelOfPlace,
  newestMs,
  type PlaceHistories,
  type PlaceModels,
  placesAt,
  remainderOf,
  withPlaceHistories,
  withPlaceModels,
  worstPlace,
} from '../../src/model/places.ts';
import { groupKey, placeIdOf } from '../../src/model/sample/tuple-label.ts';
import { connections, modelOf, closedLately, type TestSocket } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

const modelAt = (id: string, second: number, sockets: readonly TestSocket[] = connections(1)) =>
  modelOf(sockets, {
    place: { kind: 'namespace', id, name: id },
    takenAtMs: NOON + 1000 * second,
  });

const seen = ({ sample }: Model) => `${sample.place.id} ${(sample.takenAtMs - NOON) / 1000}`;

describe('the models of all places', () => {
  test('are one of each, in the order in which the places came, whatever comes when', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('net:1', 'net:2', 'net:3')), (ids) => {
        const models = ids
          .map((id, second) => modelAt(id, second))
          .reduce<PlaceModels>((all, model) => withPlaceModels(all, [model]), []);
        const newest = [...new Set(ids)].map((id) => `${id} ${ids.lastIndexOf(id)}`);
        expect(models.map(seen)).toEqual(newest);
      }),
      { numRuns: 50 },
    );
  });

  test('have the groups, the smaller groups and the newest time of all', () => {
    const [a, b] = [modelAt('net:1', 5, connections(3)), modelAt('net:2', 4, connections(2))];
    const small = { groups: 2, sockets: 7, timeWait: 1, drainSchedule: [1] };
    const withSmall = { ...b, sample: { ...b.sample, remainder: small } };
    const models = [withSmall, { ...a, sample: { ...a.sample, remainder: small } }];
    expect(groupsOf(models).map(({ used }) => used)).toEqual([2, 3]);
    expect(remainderOf(models)).toEqual({ groups: 4, sockets: 14 });
    expect(newestMs(models)).toBe(NOON + 5000);
    expect(modelOfPlace(models, 'net:2')).toBe(withSmall);
    expect(modelOfPlace(models, 'net:9')).toBeUndefined();
  });

  test('can be none', () => {
    expect(groupsOf([])).toEqual([]);
    expect(remainderOf([])).toEqual({ groups: 0, sockets: 0 });
    expect(newestMs([])).toBe(0);
    expect(worstPlace([])).toBeUndefined();
  });
});

test.for<[name: string, sockets: Record<string, readonly TestSocket[]>, worst: string]>([
  ['has the fullest group', { a: connections(3), b: connections(9) }, 'b'],
  ['has the most severe group', { a: connections(70), b: closedLately(60) }, 'b'],
  ['runs out first, if another is fuller', { a: connections(90), b: closedLately(60) }, 'b'],
  ['has a group at all', { a: [], b: connections(1) }, 'b'],
  ['came first, where none is worse', { a: connections(3), b: connections(3) }, 'a'],
  ['came first, where there is no group', { a: [], b: [] }, 'a'],
])('the worst place is the one that %s', ([, sockets, worst]) => {
  const models = Object.entries(sockets).map(([id, rows]) => modelAt(id, 0, rows));
  expect(worstPlace(models)?.sample.place.id).toBe(worst);
});

test('the time left decides between places in the same way as between groups', () => {
  expect(modelAt('b', 0, closedLately(60)).worst?.etaSeconds).not.toBeNull();
  expect(modelAt('a', 0, connections(90)).worst?.etaSeconds).toBeNull();
});

describe('the history of each place', () => {
  const historiesOf = (...looks: [id: string, second: number][]) =>
    looks
      .map(([id, second]) => modelAt(id, second))
      .reduce<PlaceHistories>((all, model) => withPlaceHistories(all, [model]), new Map());

  test('has its own models only', () => {
    const histories = historiesOf(['net:1', 0], ['net:2', 0.5], ['net:1', 1], ['net:2', 1.5]);
    const seconds = [...histories].map(([id, history]) => [
      id,
      historyTimes(history).map((timeMs) => (timeMs - NOON) / 1000),
    ]);
    expect(seconds).toEqual([
      ['net:1', [0, 1]],
      ['net:2', [0.5, 1.5]],
    ]);
  });

  test.for<[second: number, places: string[]]>([
    [0, ['net:1 0']],
    [4, ['net:1 4', 'net:2 3.5']],
    [5, ['net:1 5', 'net:2 5']],
    [9, ['net:1 9', 'net:2 5']],
  ])('at %s s goes back to the same time, or to the last look until then', ([second, places]) => {
    const histories = historiesOf(
      ['net:1', 0],
      ['net:2', 3.5],
      ['net:1', 4],
      ['net:1', 5],
      ['net:2', 5],
      ['net:1', 9],
    );
    expect(placesAt(histories, modelAt('net:1', second)).map(seen)).toEqual(places);
  });
});

test('a key tells the place of its group, and that of a fold none', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.string(), address, address, fc.nat(65_535), (id, local, remote, port) => {
      expect(placeIdOf(groupKey(id, local, remote, port))).toBe(id);
    }),
  );
  expect(placeIdOf('destination 10.0.9.21:8080')).toBe('');
  expect(placeIdOf('')).toBe('');
});
