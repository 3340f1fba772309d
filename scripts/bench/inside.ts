/**
 * The process inside a network namespace: one order at a time over the channel to its parent, one reply
 * each. It ends with the channel, and the namespace with it.
 */
import { readlinkSync, writeFileSync } from 'node:fs';
import { closeTerminals } from '../../test/helpers/terminal.ts';
import { putUnderFire } from '../soak/fire-run.ts';
import { soak } from '../soak/soak-run.ts';
import { programPath } from './compile.ts';
import { timeFirstFrames } from './first-frame.ts';
import { endLineProcesses, LineProcess } from './line-process.ts';
import type {
  InsideSettings,
  OperationName,
  Operations,
  Order,
  Population,
  Reply,
} from './protocol.ts';
import { timeReadings } from './readings.ts';
import { measureUsage } from './usage.ts';

/**
 * Even-sized, and wider than by default: timers of 60 s fire up to 2 s late, so that 466 closes a second
 * come to more than the 28,232 ports of the default. Keep in step with sockets.c.
 */
const PORT_RANGE = '32768 62767';

const NAMESPACE_SYSCTLS: Readonly<Record<string, string>> = {
  ip_local_port_range: PORT_RANGE,
  tcp_max_tw_buckets: '10000000',
  // The default, 2, would call every TIME_WAIT of loopback free after a second: no pressure to show.
  tcp_tw_reuse: '0',
};

type Handlers = {
  [Name in OperationName]: (
    argument: Operations[Name]['argument'],
  ) => Promise<Operations[Name]['answer']>;
};

const settings = JSON.parse(process.argv[2] ?? '{}') as InsideSettings;
let populatedMs = performance.now();

const handlers: Handlers = {
  populate,
  timeReadings: (order) => timeReadings(order, settings.directory, populatedMs),
  measureUsage: (order) => measureUsage(order, settings.directory),
  timeFirstFrames: ({ count }) => timeFirstFrames(count, settings.directory),
  soak: (order) => soak(order, settings.directory),
  putUnderFire: (order) => putUnderFire(order, settings.directory),
};

async function populate(population: Population): Promise<null> {
  const { timeWait, live, closesPerSecond, leastDestinations = 1 } = population;
  populatedMs = performance.now();
  const sockets = new LineProcess(programPath(settings.directory, 'sockets'), [
    `${timeWait}`,
    `${live}`,
    `${closesPerSecond}`,
    `${leastDestinations}`,
  ]);
  await sockets.nextLine();
  return null;
}

function prepareNamespace(): void {
  if (readlinkSync('/proc/self/ns/net') === settings.hostNamespace) {
    throw new Error('this is the network namespace of the machine itself: not here');
  }
  for (const [name, value] of Object.entries(NAMESPACE_SYSCTLS)) {
    writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
  }
}

async function reply({ operation, argument }: Order): Promise<Reply> {
  try {
    // The order's type pairs name and argument; indexing loses that.
    const handle = handlers[operation] as (argument: unknown) => Promise<unknown>;
    return { ok: true, answer: await handle(argument) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function end(): Promise<void> {
  endLineProcesses();
  await closeTerminals();
  process.exit();
}

prepareNamespace();
process.on('message', (order: Order) => {
  void reply(order).then((message) => process.send?.(message));
});
// On Ctrl-C every process of the terminal gets a signal of its own.
for (const event of ['disconnect', 'SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(event, () => void end());
