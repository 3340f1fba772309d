// xterm's ctlseqs, "bracketed paste" (mode 2004).
const START = '\x1b[200~';
const END = '\x1b[201~';

/**
 * Ends each bracketed paste where it begins, in what is read in pieces of any size. Ink keeps all keys back until a paste
 * ends, Ctrl-C too, and the end of one may be lost; what is pasted are keys here in any case.
 */
export class PasteMarks {
  #before = '';

  closed(text: string): string {
    const all = this.#before + text;
    const from = this.#before.length;
    this.#before = all.slice(1 - START.length);
    return all.replaceAll(START, START + END).slice(from);
  }
}
