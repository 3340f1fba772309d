import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { KernelReading } from '../../kernel/reading.ts';
import { deviceOf } from './device-scope.ts';
import type { TupleText } from './refusal-memory.ts';
import { groupKey } from './tuple-label.ts';
import { rowOf, type TupleRows } from './tuple-rows.ts';

/** A tuple in words. */
export type ScopedTuple = TupleText & { readonly device?: ForeignText };

/** A tuple's group key. */
export function keyOf(
  placeId: string,
  { localAddress, remoteAddress, remotePort, device }: ScopedTuple,
): string {
  return groupKey(placeId, localAddress, remoteAddress, remotePort, device);
}

/** The tuples of a reading in words. Each is put into words once, as several steps of a sample ask for it. */
export class TupleTexts {
  readonly #reading: Pick<KernelReading, 'place' | 'sockets' | 'deviceNames'>;
  readonly #tuples: TupleRows;
  readonly #texts: (ScopedTuple | undefined)[] = [];
  readonly #keys: (string | undefined)[] = [];

  constructor(
    reading: Pick<KernelReading, 'place' | 'sockets' | 'deviceNames'>,
    tuples: TupleRows,
  ) {
    this.#reading = reading;
    this.#tuples = tuples;
  }

  of(tuple: number): ScopedTuple {
    return (this.#texts[tuple] ??= this.#made(tuple));
  }

  /** The tuple's group key. */
  keyOf(tuple: number): string {
    return (this.#keys[tuple] ??= keyOf(this.#reading.place.id, this.of(tuple)));
  }

  #made(tuple: number): ScopedTuple {
    const { sockets, deviceNames } = this.#reading;
    const row = rowOf(this.#tuples, tuple);
    const family = sockets.familyOf(row) === 6 ? 6 : 4;
    const device = deviceOf(sockets, row, deviceNames);
    return {
      family,
      localAddress: sockets.addressText(family, sockets.localAddressOf(row)),
      remoteAddress: sockets.addressText(family, sockets.remoteAddressOf(row)),
      remotePort: sockets.remotePortOf(row),
      ...(device !== undefined && { device }),
    };
  }
}
