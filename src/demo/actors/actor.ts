// A program of the demo's stage: `actor.js ROLE SCENARIO SEED`, started by the director, and over with its channel.
import { SCENARIOS } from '../story/scenarios.ts';
import type { Order, Report, Role } from '../messages.ts';
import { loadStageSockets } from '../stage-sockets.ts';
import { playClients } from './clients.ts';
import { playProxy } from './proxy.ts';
import { playUpstream } from './upstream.ts';

const [role, id, seed] = process.argv.slice(2);
const scenario = SCENARIOS.find((each) => each.id === id);
// What the OWNER column shows.
process.title = role ?? '';
// The terminal's Ctrl-C is the view's.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));

const play = { upstream: playUpstream, proxy: playProxy, clients: playClients }[role as Role];
if (scenario !== undefined)
  play({
    scenario,
    seed: Number(seed),
    sockets: loadStageSockets(),
    onOrder: (listener) => void process.on('message', (order: Order) => listener(order)),
    report: (report: Report) => void process.send?.(report),
  });
