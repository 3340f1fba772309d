/**
 * Loaded into every thread of the program that is soaked (`NODE_OPTIONS=--import`): writes what V8 says of the
 * thread's heap into a file of EPHTOP_SOAK_PROBES, every two seconds. A heap is a saw; its lowest point between two
 * writes is nearest to what is alive.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { threadId } from 'node:worker_threads';

const directory = process.env['EPHTOP_SOAK_PROBES'];
const LOOK_MS = 200;
const WRITE_EVERY = 10;

if (directory !== undefined) {
  const file = join(directory, `${process.pid}-${threadId}.json`);
  let looks = 0;
  let heapBytes = Infinity;
  setInterval(() => {
    const heap = getHeapStatistics();
    heapBytes = Math.min(heapBytes, heap.used_heap_size);
    if (++looks % WRITE_EVERY !== 0) return;
    const physicalBytes = heap.total_physical_size;
    const mallocedBytes = heap.malloced_memory + heap.external_memory;
    const handles = process.getActiveResourcesInfo().length;
    try {
      writeFileSync(file, JSON.stringify({ heapBytes, physicalBytes, mallocedBytes, handles }));
    } catch {
      // Read-only or full: then there are no figures.
    }
    heapBytes = Infinity;
  }, LOOK_MS).unref();
}
