import type { MouseEvent } from '../ui/mouse.ts';

/** What a terminal reports besides keys. */
export type Report =
  | { readonly type: 'focus'; readonly focused: boolean }
  | ({ readonly type: 'mouse' } & MouseEvent);

// xterm's ctlseqs: focus in and out (mode 1004); button, column and row from 1 (mode 1006), M pressed, m released.
// oxlint-disable-next-line no-control-regex -- these sequences start with ESC
const REPORT = /\x1b\[(?:([IO])|<(\d{1,4});(\d{1,5});(\d{1,5})([Mm]))/g;
// oxlint-disable-next-line no-control-regex -- the same
const UNFINISHED = /\x1b(?:\[(?:<[\d;]{0,16})?)?$/;

const BUTTONS: Readonly<Record<number, MouseEvent['kind']>> = {
  0: 'click',
  64: 'wheel-up',
  65: 'wheel-down',
};

/** Finds the reports in what is read from a terminal, in pieces of any size. */
export class ReportParser {
  #rest = '';

  push(text: string): Report[] {
    const all = this.#rest + text;
    this.#rest = UNFINISHED.exec(all)?.[0] ?? '';
    return [...all.matchAll(REPORT)].flatMap(([, focus, button, column, row, action]) => {
      if (focus !== undefined) return { type: 'focus', focused: focus === 'I' };
      const kind = action === 'M' ? BUTTONS[Number(button)] : undefined;
      return kind === undefined
        ? []
        : { type: 'mouse', kind, column: Number(column) - 1, row: Number(row) - 1 };
    });
  }
}
