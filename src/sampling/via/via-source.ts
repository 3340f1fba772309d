import type { ViaCommand } from '../../source/elsewhere/via-command.ts';
import type { PacedSamples } from '../paced-samples.ts';
import { ViaSession, type ViaSettings, type ViaWorld } from './via-session.ts';

/**
 * Samples of the place where the command's shell is, one request after another. A link that is lost is tried again with
 * growing pauses. Throws SourceError where there was never a sample. The command ends with the signal, or when no more
 * samples are asked for.
 */
export function viaSource(
  command: ViaCommand,
  settings: ViaSettings,
  world: ViaWorld = {},
): PacedSamples {
  let { intervalMs } = settings;
  return {
    setInterval(wantedMs) {
      intervalMs = wantedMs;
    },
    async *samples(signal) {
      const session = new ViaSession(command, settings, world);
      try {
        for (;;) {
          const sample = await session.next(intervalMs, signal);
          if (sample === undefined) return;
          yield sample;
        }
      } finally {
        await session.end();
      }
    },
  };
}
