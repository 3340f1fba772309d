/** Run inside a namespace: prints what both sources see there, netlink between two readings of procfs. */
import { netlinkReader } from '../../src/source/netlink-reader.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';
import { systemClock } from '../../src/source/clock.ts';
import type { KernelReader } from '../../src/source/kernel-files.ts';
import { optionsOf, rowsOf } from './proc-net-tcp-rows.ts';

const proc = procRoot();
const procfs = procfsReader(placeHere(proc), systemClock);
const netlink = netlinkReader(placeHere(proc), systemClock);

function look(read: KernelReader) {
  const { sockets, ...rest } = read();
  const rows = rowsOf(sockets).map((row, index) => ({ ...row, ...optionsOf(sockets, index) }));
  return { ...rest, rows };
}

/** What is printed, as JSON. */
export type PrintedSockets = { before: Look; netlink: Look; after: Look };
type Look = ReturnType<typeof look>;

const printed: PrintedSockets = {
  before: look(procfs),
  netlink: look(netlink),
  after: look(procfs),
};
process.stdout.write(JSON.stringify(printed));
netlink.close();
