import { wrapCommand } from './wrap.ts';

/**
 * Says in at most `width` columns that lines were copied, and what to do if the terminal ignores that: select them, if
 * they are `shown`.
 */
export function copiedNotice(lines: number, shown: boolean, width: number): string {
  if (lines === 0) return 'nothing to copy: no command for this';
  const [what, them] = lines === 1 ? ['1 line', 'it'] : [`${lines} lines`, 'them'];
  const full = shown
    ? `copied ${what}; if your terminal refuses OSC 52, select ${them} here:`
    : `copied ${what}, if your terminal takes OSC 52; too long to show here: scroll`;
  const short = shown
    ? `copied ${what}, or select ${them} here:`
    : 'copied, if the terminal takes OSC 52';
  return full.length <= width ? full : short;
}

/** A command in lines of at most `width` columns. Pasted together, they do the same. */
export function selectableLines(command: string, width: number, indent: string): string[] {
  const line = indent + command;
  return line.length <= width ? [line] : wrapCommand(command, width);
}
