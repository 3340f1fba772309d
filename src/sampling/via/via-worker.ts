// The thread that makes samples of what a shell elsewhere answers.
import { parentPort, workerData } from 'node:worker_threads';
import { AnswerError } from '../../kernel/elsewhere/answer.ts';
import { systemClock } from '../../source/clock.ts';
import type { RawAnswer } from '../../source/elsewhere/shell-link.ts';
import { CpuBudget, systemCpuMeter } from '../cpu-budget.ts';
import { postFailure, threadTrace } from '../thread-messages.ts';
import type { ViaThreadData, ViaThreadReply } from './via-parser.ts';
import { ViaSampler } from './via-sampler.ts';

const { command, mostGroups, cpuBudget, isTraced } = workerData as ViaThreadData;

const reply = (message: ViaThreadReply) => parentPort?.postMessage(message);
const trace = threadTrace(isTraced, reply);
const sampler = new ViaSampler(command, mostGroups, trace);
const budget = new CpuBudget(cpuBudget, systemClock, systemCpuMeter);

parentPort?.on('message', (answer: RawAnswer) => {
  try {
    const sampled = sampler.take(answer);
    budget.sampleTaken();
    const cpuShare = budget.usedShare();
    reply({ kind: 'parsed', parsed: { ...sampled, cpuShare, neededMs: budget.stretched(0) } });
  } catch (error) {
    if (error instanceof AnswerError) reply({ kind: 'damaged', message: error.message });
    else postFailure(error, reply, trace);
  }
});
