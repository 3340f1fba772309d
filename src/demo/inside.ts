import { Socket } from 'node:net';
import { liveRecorder } from '../cli/live-recorder.ts';
import type { Invocation } from '../cli/invocation.ts';
import { type SamplingOptions, samplingSettings } from '../cli/sampling-settings.ts';
import { showView, type ViewedOptions, viewOptions } from '../cli/view.ts';
import type { Sample } from '../model/sample/sample.ts';
import { startSamplingThread } from '../sampling/worker-source.ts';
import { Director } from './director.ts';
import { AGAIN, LIFELINE } from './outside.ts';
import type { Scenario } from './story/scenario.ts';
import { StageNetwork } from './stage-network.ts';
import { loadStageSockets } from './stage-sockets.ts';

/** Plays a scenario in the namespaces that this program was started in, and shows it. Throws SourceError. */
export async function playHere(
  invocation: Invocation<SamplingOptions & ViewedOptions>,
  scenario: Scenario,
  seed: number,
  outside: string,
): Promise<void> {
  const { trace } = invocation;
  const network = new StageNetwork(outside);
  const sockets = loadStageSockets();
  network.furnish(scenario, sockets);
  sockets.mountTracing();
  endWithLifeline();
  const director = new Director(scenario, network);
  try {
    const options = viewOptions(invocation);
    await director.start(seed);
    const source = startSamplingThread({ ...samplingSettings(options), seesAll: true }, trace);
    await showView({ options, trace }, async (signal) => {
      const samples = source.samples(signal)[Symbol.asyncIterator]();
      const first = await samples.next();
      if (first.done === true) return undefined;
      const recorder = liveRecorder(first.value);
      return {
        first: first.value,
        samples: untilFailure(recorder.tap(samples), director.failed),
        setInterval: (intervalMs) => source.setInterval(intervalMs),
        recorder,
        show: director,
        onModels: (models) => director.watch(models),
      };
    });
  } finally {
    director.end();
  }
  if (director.wantsAgain) process.exitCode = AGAIN;
}

/** When the program outside has ended, this one does as it does at a signal: it gives the terminal back first. */
function endWithLifeline(): void {
  const lifeline = new Socket({ fd: LIFELINE, readable: true, writable: false });
  lifeline.on('error', () => {});
  lifeline.once('close', () => process.kill(process.pid, 'SIGTERM'));
  lifeline.resume();
  lifeline.unref();
}

/** The samples, until the demo fails. */
function untilFailure(
  samples: AsyncIterator<Sample, void>,
  failed: Promise<never>,
): AsyncIterator<Sample, void> {
  return { next: () => Promise.race([samples.next(), failed]) };
}
