/**
 * Times ephtop's own readings, as the C programs time theirs (stopwatch.h): for each line that comes
 * in, one reading is timed, and the ms go out as a line. Arguments: the source, and `read` for reading
 * and parsing alone or `sample` for grouping as well: a sample as src/sampler.ts takes it, but for the
 * owners of the sockets, the search for which depends on the processes of the machine.
 */
import { createInterface } from 'node:readline';
import { sampleOf } from '../../src/model/sample/measure.ts';
import { systemClock } from '../../src/source/clock.ts';
import { netlinkReader } from '../../src/source/netlink-reader.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';
import { placeHere } from '../../src/source/watched-place.ts';

const [source, depth] = process.argv.slice(2);
if (source !== 'netlink' && source !== 'procfs') throw new Error(`no source: ${source}`);
const read = (source === 'netlink' ? netlinkReader : procfsReader)(
  placeHere(procRoot()),
  systemClock,
);

function timeOne(): number {
  const startedMs = performance.now();
  const reading = read();
  if (depth === 'sample') sampleOf(reading);
  const tookMs = performance.now() - startedMs;
  // Such as a dump that had to be repeated: then this is the time of several.
  const warnings = reading.warnings.join('; ');
  if (warnings !== '') process.stderr.write(`bench: ${source}: ${warnings}\n`);
  return tookMs;
}

createInterface({ input: process.stdin }).on('line', () => {
  process.stdout.write(`${timeOne().toFixed(4)}\n`);
});
