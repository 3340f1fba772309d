import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConfiguredPort,
  parseListenStreams,
  parseServices,
  portsOfService,
} from '../kernel/configured-port.ts';
import { rawText } from '../kernel/foreign-text.ts';
import { type ProcRoot, isOwnProcMount, procRoot } from './proc-root.ts';
import { ifThere, readText } from './read-file.ts';
import { isSameNetwork } from './sysctl-files.ts';

/** Where systemd looks for units, the first that has one wins (systemd.unit(5)). */
const UNIT_FOLDERS = [
  'etc/systemd/system',
  'run/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
];

/** Most enabled services to read; no machine has that many. */
const MOST_UNITS = 1000;
const MOST_DROP_INS = 16;

/**
 * Ports of the services enabled on the machine of these sockets. Undefined if not known: another machine's procfs, or
 * a network namespace that init is not in. It reads several directories, so call it only at startup.
 */
export function configuredPortsHere(proc: ProcRoot): readonly ConfiguredPort[] | undefined {
  if (!isOwnProcMount(proc.path('.'))) return undefined;
  return isSameNetwork(procRoot(proc.path('1')), proc) ? readConfiguredPorts('/') : undefined;
}

/** Ports of the services enabled below a root directory; unreadable units have none. */
export function readConfiguredPorts(root: string): readonly ConfiguredPort[] {
  const folders = unitFolders(root);
  const services = parseServices(textOf(join(root, 'etc/services')));
  const found = enabledUnits(folders).flatMap((unit) => {
    const ports = unit.endsWith('.socket')
      ? parseListenStreams(unitText(folders, unit))
      : portsOfService(unit, services);
    return ports.map((port): ConfiguredPort => ({ port, unit }));
  });
  const byPort = new Map(found.toReversed().map((each) => [each.port, each]));
  return [...byPort.values()].toSorted((a, b) => a.port - b.port);
}

/** One of systemd's folders, and what it holds: nothing else is looked for in it. */
interface UnitFolder {
  readonly path: string;
  readonly names: ReadonlySet<string>;
}

/** Those that there are, each once: /lib is mostly a link to /usr/lib. */
function unitFolders(root: string): readonly UnitFolder[] {
  const paths = UNIT_FOLDERS.flatMap(
    (folder) => ifThere(() => realpathSync.native(join(root, folder))) ?? [],
  );
  return [...new Set(paths)].map((path) => ({ path, names: new Set(entries(path)) }));
}

/** Units that another unit, such as multi-user.target, wants or requires by a link, as `systemctl enable` creates. */
function enabledUnits(folders: readonly UnitFolder[]): string[] {
  const units = new Set<string>();
  for (const { path, names } of folders)
    for (const name of names)
      if (/\.(?:wants|requires)$/.test(name))
        for (const unit of entries(join(path, name)))
          if (/\.(?:socket|service)$/.test(unit)) units.add(unit);
  return [...units].toSorted().slice(0, MOST_UNITS);
}

/** A unit's file followed by its drop-ins. */
function unitText(folders: readonly UnitFolder[], unit: string): string {
  const having = (name: string) => folders.filter(({ names }) => names.has(name));
  const dropIns = having(`${unit}.d`).flatMap(({ path }) => {
    const directory = join(path, `${unit}.d`);
    const names = entries(directory).filter((name) => name.endsWith('.conf'));
    return names.slice(0, MOST_DROP_INS).map((name) => ({ name, path: join(directory, name) }));
  });
  dropIns.sort((a, b) => (a.name < b.name ? -1 : 1));
  const texts = having(unit).map(({ path }) => textOf(join(path, unit)));
  const [main = ''] = texts.filter((text) => text !== '');
  return [main, ...dropIns.map(({ path }) => textOf(path))].join('\n');
}

function entries(directory: string): string[] {
  // No systemd here, or this user may not read it: nothing is known.
  return ifThere(() => readdirSync(directory).toSorted()) ?? [];
}

function textOf(path: string): string {
  return ifThere(() => rawText(readText(path))) ?? '';
}
