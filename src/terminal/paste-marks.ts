// xterm's ctlseqs, "bracketed paste" (mode 2004).
const START = '\x1b[200~';
const END = '\x1b[201~';

/**
 * Ends each bracketed paste where it begins, so that pasted text is read as keys. Ink holds back all keys, even Ctrl-C,
 * until a paste ends, and the end of a paste may be lost. Input may be split anywhere.
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
