import { expect, test } from 'vitest';
import { parseFilter } from '../../../src/model/query/filter-words.ts';
import { filterGroups } from '../../../src/model/query/filter.ts';
import { SORT_COLUMNS, sortGroups } from '../../../src/model/query/order.ts';
import { connections, modelOf, timeWaits } from '../../helpers/sockets.ts';

const { groups } = modelOf([
  ...connections(10, { remote: '10.0.0.1' }),
  ...timeWaits(30, 55_000, { remote: '10.0.0.2' }),
  ...connections(20, { remote: '10.0.0.3', remotePort: 443 }),
]);
const hosts = (sorted: typeof groups) =>
  sorted.map(({ remoteAddress }) => remoteAddress.slice(-1)).join('');

test.for([
  ['headroom', '231'],
  ['used', '231'],
  ['group', '123'],
  ['live', '312'],
  ['tw', '231'],
  ['closes', '231'],
  ['eta', '231'],
] as const)('by %s', ([column, order]) => {
  expect(hosts(sortGroups(groups, { column, inverted: false }))).toBe(order);
});

test('inverted is the other way round', () => {
  expect(hosts(sortGroups(groups, { column: 'live', inverted: true }))).toBe('213');
  expect(SORT_COLUMNS).toHaveLength(8);
});

test.for([
  ['', '231'],
  ['10.0.0.3', '3'],
  [':443', '3'],
  ['10.0.3.7 :8080', '21'],
  ['nothing', ''],
] as const)('the filter %j leaves %j', ([expression, left]) => {
  expect(hosts([...filterGroups(groups, parseFilter(expression).words)])).toBe(left);
});
