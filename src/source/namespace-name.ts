import { readlinkSync } from 'node:fs';
import { type ForeignText, rawText } from '../kernel/foreign-text.ts';
import { ipNetnsName, parseContainer } from '../kernel/namespace-names.ts';
import type { NetworkNamespace } from './network-namespaces.ts';
import { ProcessFiles } from './process-files.ts';
import type { ProcRoot } from './proc-root.ts';
import { ifThere, readText } from './read-file.ts';
import { hostNameIn } from './set-namespace.ts';

/** Digits of a container's id by which people know it. */
const SHORT_ID = 12;

/**
 * What people call a network namespace: its name for `ip netns`; its host name, which in Kubernetes is the pod's; the
 * container's id; or else the command and pid of its oldest process. The last part of a mount's path if it has none.
 */
export function nameOfNamespace(
  { pids, mountPath, id }: Pick<NetworkNamespace, 'pids' | 'mountPath' | 'id'>,
  processes: ProcRoot,
): ForeignText {
  const named = mountPath === undefined ? undefined : ipNetnsName(mountPath);
  if (named !== undefined) return named;
  for (const pid of pids.slice(0, MOST_TRIED)) {
    const name = ownHostName(pid, processes) ?? containerId(pid, processes);
    if (name !== undefined) return name;
  }
  const files = new ProcessFiles(processes);
  for (const pid of oldestFirst(pids, files)) {
    const command = files.command(pid);
    if (command !== undefined) return `${rawText(command)}[${pid}]`;
  }
  return mountPath?.split('/').at(-1) ?? id;
}

/** Pids begin again once the highest was given: the lowest need not be the oldest. */
function oldestFirst(pids: readonly number[], files: ProcessFiles): readonly number[] {
  const started = new Map(
    pids.slice(0, MOST_COMPARED).map((pid) => [pid, files.startTime(pid) ?? Infinity]),
  );
  return [...started.keys()].toSorted((a, b) => {
    const [one = 0, other = 0] = [started.get(a), started.get(b)];
    return one === other ? a - b : one - other;
  });
}

/** Of a namespace with thousands of processes, that many are looked at. */
const MOST_COMPARED = 256;

/** The first processes may be helpers of a runtime, outside the container. */
const MOST_TRIED = 4;

/** The host name of a process that has one of its own, which takes the right to enter its UTS namespace. */
function ownHostName(pid: number, processes: ProcRoot): ForeignText | undefined {
  return ifThere(() => {
    const path = processes.path(`${pid}/ns/uts`);
    if (readlinkSync(path) === readlinkSync('/proc/thread-self/ns/uts')) return undefined;
    const name = hostNameIn(path);
    return rawText(name) === '' ? undefined : name;
  });
}

function containerId(pid: number, processes: ProcRoot): string | undefined {
  const text = ifThere(() => rawText(readText(processes.path(`${pid}/cgroup`))));
  return text === undefined ? undefined : parseContainer(text)?.id.slice(0, SHORT_ID);
}
