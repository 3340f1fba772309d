import type { Place } from '../../src/kernel/place.ts';
import { buildModel, type Model } from '../../src/model/model.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { connections, sampleOfSockets, type TestSocket } from './sockets.ts';

/** A machine and two of its namespaces. */
export const HERE: Place = { kind: 'here', id: 'net:1', name: 'proxy-7' };
export const POD: Place = { kind: 'namespace', id: 'net:2', name: 'checkout-7d9f-x2xv8' };
export const WEB: Place = { kind: 'namespace', id: 'net:3', name: 'web' };
export const PLACES: readonly Place[] = [HERE, POD, WEB];

const NOON = Date.UTC(2026, 10, 21, 12);

/** A group with so many ports of 100 in use, in a place, so many seconds after noon. */
export function placeSample(
  place: Place,
  used: number,
  second = 0,
  socket: Partial<TestSocket> = {},
): Sample {
  const takenAtMs = NOON + 1000 * second;
  return sampleOfSockets(connections(used, socket), { place, takenAtMs });
}

/** The model of such a sample. */
export function placeModel(...sample: Parameters<typeof placeSample>): Model {
  return buildModel(placeSample(...sample));
}
