// The program as a single file: what the launcher does for the one of many files, and the parts that are started by themselves.
import runtime from '../bin/runtime.cjs';
import { PART_VARIABLE } from './source/program-parts.ts';

runtime.refuseDebugger();
runtime.silenceExperimentalWarnings();
runtime.forgoFastCode();

const part = process.env[PART_VARIABLE];
// No program that it starts inherits it.
delete process.env[PART_VARIABLE];
// Only with a channel to who started it: the variable may be in the environment for any reason.
if (part === 'actor' && process.channel) await import('./demo/actors/actor.ts');
else await import('./main.ts');
