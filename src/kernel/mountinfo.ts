/** The mount point in a line of /proc/self/mountinfo, its fifth field; blanks and similar characters are octal escapes. */
export function mountPointOf(line: string): string | undefined {
  return line
    .split(' ')[4]
    ?.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
}
