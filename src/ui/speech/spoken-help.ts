import { SEVERITY_LIMITS } from '../../model/severity.ts';
import { KEYMAP } from '../keymap.ts';
import { spokenKeys } from './spoken-key.ts';
import { spokenText } from './spoken-text.ts';

/** The whole help, a sentence a line: the keys, those of the whole view first, and how to read the screen. */
export function spokenHelp(): readonly string[] {
  const { critical, warning } = SEVERITY_LIMITS;
  const keys = KEYMAP.toSorted(
    (a, b) => Number(a.panels !== undefined) - Number(b.panels !== undefined),
  );
  return [
    'Help. Up and down arrow go through it line by line; Escape goes back.',
    'Capital L says everything again; in a recording it goes to the end. A key that changes nothing says where you are.',
    ...keys.map((binding) => `${spokenKeys(binding.keys)}: ${spokenText(binding.help)}.`),
    'Headroom is what is left of the usable ports for one source, destination and destination port.',
    `Critical: ${critical.usedPercent} percent in use, or out of ports within ${critical.etaSeconds} seconds. Warning: ${warning.usedPercent} percent, or within ${warning.etaSeconds} seconds.`,
  ];
}
