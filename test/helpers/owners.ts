import type { OpenFiles, SocketOwners } from '../../src/kernel/socket-owners.ts';
import { sampleOf } from '../../src/model/sample/measure.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { buildModel, type Model } from '../../src/model/model.ts';
import { reading, type TestSocket } from './sockets.ts';

/** A process as a test writes it. */
export type TestProcess = {
  pid: number;
  command: string;
  inodes: readonly number[];
  files?: OpenFiles;
};

/** What is known when these processes can be looked at, and `unseenProcesses` others can not. */
export function ownersOf(
  processes: readonly TestProcess[],
  unseenProcesses = 0,
): SocketOwners & { asked: number } {
  const pids = new Map(
    processes.flatMap(({ pid, inodes }) => inodes.map((inode) => [inode, pid] as const)),
  );
  const commands = new Map(processes.map(({ pid, command }) => [pid, command]));
  const owners = {
    /** How often an owner was asked for. */
    asked: 0,
    pidOf(inode: number) {
      owners.asked++;
      return pids.get(inode) ?? 0;
    },
    commandOf: (pid: number) => commands.get(pid) ?? '',
    filesOf: (pid: number) => processes.find((process) => process.pid === pid)?.files,
    unseenProcesses,
  };
  return owners;
}

/** The sample of these sockets, with their owners. */
export function sampleWithOwners(
  sockets: readonly TestSocket[],
  processes: readonly TestProcess[],
  unseenProcesses = 0,
): Sample {
  return sampleOf(reading(sockets), { owners: ownersOf(processes, unseenProcesses) });
}

export function modelWithOwners(...given: Parameters<typeof sampleWithOwners>): Model {
  return buildModel(sampleWithOwners(...given));
}

/** The same sockets with inodes from `firstInode` on. */
export function withInodes(sockets: readonly TestSocket[], firstInode: number): TestSocket[] {
  return sockets.map((socket, index) => ({ ...socket, inode: firstInode + index }));
}

/** Whole numbers from `first` on. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
