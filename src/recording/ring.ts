import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { printable } from '../kernel/foreign-text.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import { FileRemovedError, whereabouts } from '../source/whereabouts.ts';
import { MEMBER_HEADER_BYTES, packRecordingHeader, readHeader } from './format.ts';
import { openedIfThere } from './open.ts';
import { olderName } from './file-name.ts';
import { appendWhole, type RecordingOutput } from './writer.ts';

/** What a ring is made with. */
export interface RingSettings {
  /** The newer file. */
  readonly path: string;
  /** How long each of the two files is, in ms: so much is kept at least, and twice as much at most. */
  readonly lengthMs: number;
  /** ephtop's version. */
  readonly version: string;
  /** Gets a sentence when the disk is full, and when there is room again. */
  readonly onNews: (text: string) => void;
}

/** Of a file: the index of a recording has room for some more. */
const MOST_MEMBERS = 900_000;

/** The newer file, open. */
interface Newer {
  readonly file: number;
  length: number;
  /** Unix ms of its first sample; undefined: it is empty. */
  firstAtMs: number | undefined;
  members: number;
}

/**
 * The output of a recording that goes on for ever in two files. When the newer one is as long as it may be, it replaces
 * the older one by rename(2), so that at any time all but the oldest is there. An existing ring is continued. On a full
 * disk the newest seconds are lost, and it goes on as soon as there is room. Throws SourceError if it cannot be opened.
 */
export function ringOutput(settings: RingSettings): RecordingOutput {
  const { path, lengthMs, version, onNews } = settings;
  const { newer: opened, ring } = openNewer(path);
  let newer = opened;
  let isFull = false;
  let isSyncing = false;
  let isEnded = false;

  function begin(): void {
    // First, and under another name: where it cannot be made, all stays as it is.
    const name = `${path}.${randomUUID()}.new`;
    const file = createFile(name);
    try {
      renameSync(path, olderName(path));
      renameSync(name, path);
    } catch (error) {
      closeSync(file);
      rmSync(name, { force: true });
      throw error;
    }
    closeLater(newer.file);
    newer = emptyFile(file);
  }

  function closeLater(file: number): void {
    // What is in it is on its way to the disk first.
    fdatasync(file, () => closeSync(file));
  }

  function sync(): void {
    if (isSyncing) return;
    isSyncing = true;
    const { file } = newer;
    fdatasync(file, () => {
      isSyncing = false;
      if (isEnded && file === newer.file) closeSync(file);
    });
  }

  return {
    hasHeaders: true,
    append(member) {
      const { firstAtMs = 0, lastAtMs = 0 } =
        readHeader(member.subarray(0, MEMBER_HEADER_BYTES)) ?? {};
      if (whereabouts(newer.file, path) !== 'there') throw new FileRemovedError();
      if (fstatSync(newer.file).size !== newer.length)
        throw new SourceError(`another program writes to ${printable(path)}`);
      const spanMs = newer.firstAtMs === undefined ? 0 : lastAtMs - newer.firstAtMs;
      // A clock that was set back must not make it longer. A second has one member, rarely more.
      const mostMembers = Math.min(MOST_MEMBERS, (2 * lengthMs) / 1000);
      const isLong = spanMs >= lengthMs || newer.members >= mostMembers;
      try {
        if (isLong && newer.length > 0) begin();
        const header = newer.length === 0 ? [packRecordingHeader(version, ring)] : [];
        newer.length += appendWhole(newer.file, Buffer.concat([...header, member]), newer.length);
        newer.firstAtMs ??= firstAtMs;
        newer.members++;
        if (isFull) onNews(`there is room on the disk again: ${printable(path)} goes on.`);
        isFull = false;
        sync();
      } catch (error) {
        if (!['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')) throw error;
        if (!isFull)
          onNews(
            `${failureReason(error)}: what comes now is not kept; ${printable(path)} goes on when there is room.`,
          );
        isFull = true;
      }
    },
    end() {
      isEnded = true;
      const end = whereabouts(newer.file, path);
      if (!isSyncing) closeSync(newer.file);
      return end;
    },
  };
}

function createFile(path: string): number {
  return openSync(path, 'wx', 0o600);
}

/** The newer file of a ring: a new one, or what is there, without a piece that a crash has left at its end. */
function openNewer(path: string): { newer: Newer; ring: string } {
  try {
    const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
    return isThere ? continued(path) : begun(path, createFile(path));
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`cannot record to ${printable(path)}: ${failureReason(error)}.`);
  }
}

/** An empty file, which goes on with the ring of the older one. */
function begun(path: string, file: number): { newer: Newer; ring: string } {
  return { newer: emptyFile(file), ring: ringOf(olderName(path)) ?? randomUUID() };
}

function emptyFile(file: number): Newer {
  return { file, length: 0, firstAtMs: undefined, members: 0 };
}

function continued(path: string): { newer: Newer; ring: string } {
  const file = openSync(path, 'r+');
  try {
    const stats = fstatSync(file);
    const { size, mode, uid } = stats;
    if (!stats.isFile()) throw notARing(path, 'it is no file');
    // In a directory for all, another user may have put it there.
    if (uid !== process.geteuid?.()) throw notARing(path, 'it belongs to another user');
    if ((mode & 0o077) !== 0) throw notARing(path, 'others than its owner may read it');
    // Its first second was never written.
    if (size === 0) return begun(path, file);
    const there = openedIfThere(path);
    if (there === undefined) throw notARing(path, 'it is no recording');
    const { index, end, ring } = there;
    there.close();
    if (ring === undefined) throw notARing(path, 'it is a recording, but no ring');
    ftruncateSync(file, end);
    const { firstAtMs } = index.member(0).header;
    return { newer: { file, length: end, firstAtMs, members: index.members }, ring };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** What the older file says of the ring; undefined: there is none that can be read. */
function ringOf(path: string): string | undefined {
  const older = openedIfThere(path);
  older?.close();
  return older?.ring;
}

function notARing(path: string, reason: string): SourceError {
  return new SourceError(
    `cannot continue ${printable(path)}: ${reason}. Nothing is overwritten; choose another name.`,
  );
}
