import { onExit } from 'signal-exit';
import { printable } from '../kernel/foreign-text.ts';
import type { LostPlace } from '../model/places.ts';
import { mergedSource, type NamedSource } from '../sampling/merged-source.ts';
import type { PlacesRound } from '../sampling/places-round.ts';
import type { SamplerThread } from '../sampling/sampler-thread.ts';
import type { PacedSamples } from '../sampling/paced-samples.ts';
import { ViaRounds } from '../sampling/via/via-rounds.ts';
import type { ViaSettings } from '../sampling/via/via-session.ts';
import { viaSource } from '../sampling/via/via-source.ts';
import { systemClock } from '../source/clock.ts';
import { killShells } from '../source/elsewhere/shell-process.ts';
import type { ViaCommand } from '../source/elsewhere/via-command.ts';
import type { Trace } from '../source/trace.ts';
import { OPTIONS } from './option-table.ts';
import { MOST_GROUPS } from './sampling-settings.ts';
import { UsageError } from './usage-error.ts';

/** The samples of one or several places elsewhere. */
export interface OpenVia {
  readonly source: PacedSamples;
  /** Why there are no samples now of the only place, in a sentence, safe to print; undefined: they come. */
  readonly trouble: () => string | undefined;
  /** Those of several places that no samples come from now. */
  readonly lost: () => readonly LostPlace[];
}

/**
 * The samples of the places where the commands lead, which end with this program, however that ends. `tell` gets a
 * sentence when a link is lost, and when it is back.
 */
export function openVia(
  commands: readonly ViaCommand[],
  settings: ViaSettings,
  trace: Trace | undefined,
  tell: (sentence: string) => void = () => {},
): OpenVia {
  const [first, ...others] = namedSources(commands, settings, trace, tell);
  if (first === undefined) throw new RangeError('no command');
  if (others.length === 0)
    return { source: first.source, trouble: () => first.trouble?.(), lost: () => [] };
  const source = mergedSource([first, ...others]);
  return { source, trouble: () => undefined, lost: () => source.lost() };
}

function namedSources(
  commands: readonly ViaCommand[],
  settings: ViaSettings,
  trace: Trace | undefined,
  tell: (sentence: string) => void,
): NamedSource[] {
  const texts = commands.map(({ text }) => text);
  const twice = texts.find((text, index) => texts.indexOf(text) < index);
  if (twice !== undefined) throw new UsageError(`--via "${printable(twice)}" is given twice.`);
  onExit(killShells);
  return commands.map((command) => {
    const name = printable(command.text);
    const lead = commands.length === 1 ? '' : `${name}: `;
    let trouble: string | undefined;
    const onTrouble = (sentence: string | undefined) => {
      if (sentence === undefined) tell(`${lead}samples come again.`);
      else if (trouble === undefined) tell(`${lead}no samples for now: ${sentence}`);
      trouble = sentence;
    };
    const source = viaSource(command, settings, { trace, onTrouble });
    return { name, source, trouble: () => trouble };
  });
}

/** How rounds are made. */
interface RoundSettings {
  /** As for `openVia`. */
  readonly tell?: (sentence: string) => void;
  /** Shortest time from one to the next. */
  readonly intervalMs?: number;
  /** As for `ViaRounds`. */
  readonly longestMs?: () => number;
}

/** Rounds through the places where the commands lead, whenever one is asked for. */
export function viaRounds(
  commands: readonly ViaCommand[],
  trace: Trace | undefined,
  { tell = () => {}, intervalMs = 0, longestMs }: RoundSettings = {},
): SamplerThread<PlacesRound> {
  const cpuBudget = OPTIONS.cpuBudget.default;
  const settings = { intervalMs, cpuBudget, mostGroups: MOST_GROUPS };
  return new ViaRounds(namedSources(commands, settings, trace, tell), systemClock, longestMs);
}
