import { play } from './play.ts';
import { PATTERNS, SIZES } from './patterns.ts';
import { scoreOf, sumOf, HORIZONS, type Score } from './score.ts';
const t0 = performance.now();
const filter = process.argv[2];
const all: Score[] = [];
const med = (a: readonly number[]) =>
  a.length === 0
    ? '·'
    : (a.toSorted((x, y) => Math.abs(x) - Math.abs(y))[Math.floor(a.length / 2)] ?? 0).toFixed(0) +
      '/' +
      a.length;
for (const p of PATTERNS) {
  if (filter !== undefined && !p.name.includes(filter)) continue;
  for (const size of SIZES) {
    const s = sumOf(play(p, size).map((c) => scoreOf(p, c)));
    all.push(s);
    console.log(
      `${p.name.padEnd(48)} ${String(size).padStart(6)} fr ${s.falseReds} unf ${s.unfoundedReds} fv ${s.falseVerdicts} exh ${s.exhaustions}/${s.foretellable} miss ${s.missed}/${s.missedByVerdict} nr10 ${s.notRedAt10} err ${HORIZONS.map((_, i) => med(s.errorsAt[i] ?? [])).join(' ')} right ${s.right}/${s.settled}${s.settled > 0 ? ' ' + ((100 * s.right) / s.settled).toFixed(0) + '%' : ''}`,
    );
  }
}
const s = sumOf(all);
console.log(
  `${PATTERNS.length} patterns ${s.hours.toFixed(1)} h  fr ${s.falseReds} unf ${s.unfoundedReds} fv ${s.falseVerdicts} exh ${s.exhaustions}/${s.foretellable} miss ${s.missed}/${s.missedByVerdict} nr10 ${s.notRedAt10} err ${HORIZONS.map((_, i) => med(s.errorsAt[i] ?? [])).join(' ')} right ${((100 * s.right) / s.settled).toFixed(1)}%  within10 ${HORIZONS.map(
    (_, i) => {
      const e = s.errorsAt[i] ?? [];
      return e.filter((x) => Math.abs(x) <= 10).length + '/' + e.length;
    },
  ).join(' ')}  ${((performance.now() - t0) / 1000).toFixed(1)} s`,
);
