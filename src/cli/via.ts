import { onExit } from 'signal-exit';
import type { Sample } from '../model/sample/sample.ts';
import type { SamplerThread } from '../sampling/sampler-thread.ts';
import type { ViaSettings } from '../sampling/via/via-session.ts';
import { viaSource } from '../sampling/via/via-source.ts';
import { killShells } from '../source/elsewhere/shell-process.ts';
import type { ViaCommand } from '../source/elsewhere/via-command.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';
import { OPTIONS } from './option-table.ts';
import { UsageError } from './usage-error.ts';

/** A source of samples from elsewhere. */
export interface OpenVia {
  readonly source: ReturnType<typeof viaSource>;
  /** Why there are no samples now, in a sentence, safe to print; undefined: they come. */
  readonly trouble: () => string | undefined;
}

/**
 * The samples of the place where the command leads, which ends with this program, however that ends. `tell` gets a
 * sentence when the link is lost, and when it is back.
 */
export function openVia(
  commands: readonly ViaCommand[],
  settings: ViaSettings,
  trace: Trace | undefined,
  tell: (sentence: string) => void = () => {},
): OpenVia {
  const [command, second] = commands;
  if (command === undefined || second !== undefined)
    throw new UsageError('--via can be given once with this command.');
  onExit(killShells);
  let trouble: string | undefined;
  const onTrouble = (sentence: string | undefined) => {
    if (sentence === undefined) tell('samples come again.');
    else if (trouble === undefined) tell(`no samples for now: ${sentence}`);
    trouble = sentence;
  };
  const source = viaSource(command, settings, { trace, onTrouble });
  return { source, trouble: () => trouble };
}

/** Without a pause between two requests. */
const AT_ONCE: ViaSettings = { intervalMs: 0, cpuBudget: OPTIONS.cpuBudget.default };

/** One sample of there. */
export async function firstVia(
  commands: readonly ViaCommand[],
  trace: Trace | undefined,
): Promise<Sample> {
  for await (const sample of openVia(commands, AT_ONCE, trace).source.samples()) return sample;
  throw new SourceError('there is no sample.');
}

/** Samples of there, whenever one is asked for. */
export function viaThread(
  commands: readonly ViaCommand[],
  trace: Trace | undefined,
): SamplerThread<Sample> {
  const stop = new AbortController();
  const { source } = openVia(commands, AT_ONCE, trace);
  const samples = source.samples(stop.signal)[Symbol.asyncIterator]();
  let hasEnded = false;
  return {
    async take() {
      const next = await samples.next();
      if (next.done !== true) return next.value;
      hasEnded = true;
      throw new SourceError('there is no sample.');
    },
    // They cannot be seen from here.
    watchRefusals: () => {},
    get hasEnded() {
      return hasEnded;
    },
    async end() {
      stop.abort();
      await samples.return?.();
    },
  };
}
