import { expect, test } from 'vitest';
import { sortByTuple } from '../../../src/model/sample/sort-by-tuple.ts';
import { TupleTexts } from '../../../src/model/sample/tuple-text.ts';
import { HERE } from '../../helpers/places.ts';
import { connections, NONE_LEFT_OUT, socketTable } from '../../helpers/sockets.ts';

const IPV6 = { local: '2001:db8::7', remote: '2001:db8::21' };

test('a tuple is put into words once, with its place in the key and its device', () => {
  const sockets = socketTable([
    ...connections(2),
    ...connections(1, { ...IPV6, remotePort: 443, deviceIndex: 7 }),
  ]);
  const tuples = sortByTuple(sockets, NONE_LEFT_OUT);
  const texts = new TupleTexts(
    { place: HERE, sockets, deviceNames: new Map([[7, 'eth0']]) },
    tuples,
  );
  expect(texts.of(0)).toEqual({
    family: 4,
    localAddress: '10.0.3.7',
    remoteAddress: '10.0.9.21',
    remotePort: 8080,
  });
  expect(texts.of(1)).toEqual({
    family: 6,
    localAddress: IPV6.local,
    remoteAddress: IPV6.remote,
    remotePort: 443,
    device: 'eth0',
  });
  expect(texts.of(1)).toBe(texts.of(1));
  expect(texts.keyOf(0)).toBe(`${HERE.id}\n10.0.3.7 → 10.0.9.21:8080`);
  expect(texts.keyOf(1)).toBe(`${HERE.id}\n${IPV6.local} → [${IPV6.remote}]:443 %eth0`);
});
