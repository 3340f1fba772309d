import { endianness } from 'node:os';
import { MACHINE, NAMESPACE_LINK } from '../../kernel/elsewhere/shell-script.ts';
import { type ForeignText, printable, rawText } from '../../kernel/foreign-text.ts';
import { parseNetworkLink } from '../../kernel/namespace-names.ts';
import type { WatchedPlace } from '../watched-place.ts';
import type { AnswerFiles } from './answer-files.ts';

/** Machines whose Linux stores numbers with the most significant byte first (`uname -m`). */
const BIG_ENDIAN =
  /^(?:s390x?|ppc|ppc64|sparc|sparc64|m68k|mips|mips64|parisc|parisc64|\w+(?:eb|_be))$/;

/** A host's name (gethostname(2)) has at most this many characters. */
const LONGEST_NAME = 64;

/** The place that a shell elsewhere watches, as its first answer tells it. */
export function placeElsewhere(command: string, files: AnswerFiles): WatchedPlace {
  const hostname = lineOf(files, 'sys/kernel/hostname');
  const name = rawText(hostname) === '' ? printable(command) : hostname;
  const inode = parseNetworkLink(rawText(lineOf(files, NAMESPACE_LINK)));
  const id = `via:${printable(command)}${inode === undefined ? '' : ` net:${inode}`}`;
  return {
    place: { kind: 'via', id, name },
    hostname: name,
    kernelRelease: lineOf(files, 'sys/kernel/osrelease'),
    proc: files,
    sysctlProc: files,
    byteOrder: byteOrderOf(rawText(lineOf(files, MACHINE))),
  };
}

/** Where the machine is not told it is taken for one like this. */
function byteOrderOf(machine: string): 'LE' | 'BE' {
  if (machine === '') return endianness();
  return BIG_ENDIAN.test(machine) ? 'BE' : 'LE';
}

/** A file of one line, without its end; '' where it is not there. */
function lineOf(files: AnswerFiles, name: string): ForeignText {
  try {
    return rawText(files.readText(name)).trim().slice(0, LONGEST_NAME);
  } catch {
    return '';
  }
}
