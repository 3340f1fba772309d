import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/model/check/check-verdict.ts';
import type { LostPlace } from '../../src/model/places.ts';
import type { Model } from '../../src/model/model.ts';
import { worstPlacesFirst } from '../../src/model/places.ts';
import { PlaceReports } from '../../src/model/report/place-reports.ts';
import { placesAdviceText } from '../../src/outputs/advice.ts';
import { checkPlacesText, statePlaces } from '../../src/outputs/check-places.ts';
import { FailureCounts } from '../../src/outputs/failure-counts.ts';
import { distinctNames } from '../../src/outputs/place-names.ts';
import { reportsMarkdown } from '../../src/outputs/report-markdown.ts';
import { metricsText, placesMetricsText } from '../../src/outputs/prometheus.ts';
import { snapshotTable } from '../../src/outputs/table.ts';
import { LIMITS } from '../helpers/check-limits.ts';
import { HERE, placeModel, placeSample, POD, WEB } from '../helpers/places.ts';

const LOST: LostPlace = { placeId: WEB.id, name: 'web', reason: 'ssh: connection refused.' };

const checked = (models: readonly Model[], lost: readonly LostPlace[] = [], verbosity = 0) => {
  const places = models.map((model) => ({ model, filteredOut: 0, verdict: judge(model, LIMITS) }));
  const all = { places, lost, limits: LIMITS, looks: 1, verbosity };
  return { state: statePlaces(all), text: checkPlacesText(all) };
};

describe('a check of several places', () => {
  test('is as bad as the worst, which is named', () => {
    const { state, text } = checked([
      placeModel(HERE, 50),
      placeModel(POD, 92),
      placeModel(WEB, 80),
    ]);
    expect(state).toBe('CRITICAL');
    expect(text).toMatch(
      /^EPHTOP CRITICAL: checkout-7d9f-x2xv8: 10\.0\.3\.7 -> 10\.0\.9\.21:8080 is short of ports: 92\.0% used .*; 1 more of 3 places in trouble \| used=92%;75;90;0;100 /,
    );
  });

  test('has performance data of the worst, and of each by its name', () => {
    const quoted = { ...WEB, name: "it's a=b" };
    const { text } = checked([placeModel(HERE, 50), placeModel(quoted, 20)]);
    expect(text.split(' | ')[1]).toBe(
      "used=50%;75;90;0;100 free=50;;;0;100 refused=0;;0;0 groups=1;;;0 places=2;;;0 lost=0;;;0 'used@proxy-7'=50%;;;0;100 'free@proxy-7'=50;;;0;100 'used@it_s_a_b'=20%;;;0;100 'free@it_s_a_b'=80;;;0;100",
    );
  });

  test('has for each place the figures that a check of it alone has', () => {
    const web = placeModel(WEB, 20);
    const sampling = { ...web.sample.sampling, isPartial: true };
    const partial = { ...web, sample: { ...web.sample, sampling } };
    const pod = placeModel(POD, 20);
    const own = { ownHeadroomPercent: 80, headroomPercentAtLeast: 80 };
    const ranged = { ...pod, groups: pod.groups.map((group) => ({ ...group, ...own })) };
    const { text } = checked([placeModel(HERE, 50), partial, ranged]);
    expect(text).toContain(" 'used@web'=U;;;0;100 'free@web'=U;;;0;100");
    expect(text).toMatch(
      / 'used@checkout-7d9f-x2xv8'=20%;;;0;100 'free@checkout-7d9f-x2xv8'=80;;;0$/,
    );
  });

  test.each([
    [50, 'UNKNOWN'],
    [80, 'UNKNOWN'],
    [92, 'CRITICAL'],
  ])('with %i ports of 100 in use and a place that is lost is %s', (used, state) => {
    const found = checked([placeModel(HERE, used)], [LOST]);
    expect(found.state).toBe(state);
    expect(found.text).toContain('; web could not be read: ssh: connection refused | ');
  });

  test('has the lines of all places below it, if they are asked for', () => {
    const { text } = checked([placeModel(HERE, 50), placeModel(POD, 92)], [], 2);
    expect(text).toMatch(/\ncheckout-7d9f-x2xv8: CRITICAL: .*\n(?:.*\n)*proxy-7: 10\.0\.3\.7 -> /);
  });

  test('of one place is that of this place alone', () => {
    expect(checked([placeModel(HERE, 50)]).text).toMatch(/^EPHTOP OK: 10\.0\.3\.7 -> [^@]*$/);
  });
});

describe('metrics of several places', () => {
  const context = { version: '0.0.0', maxGroups: 50 };

  test('have a label for each, and say which is lost; promtool has nothing to say', () => {
    const text = placesMetricsText([placeModel(HERE, 50), placeModel(POD, 92)], [LOST], {
      ...context,
      failureCounts: () => new FailureCounts(),
    });
    expect(text).toContain('\nephtop_up 1\n');
    expect(text).toContain(
      'ephtop_place_up{place="proxy-7"} 1\nephtop_place_up{place="checkout-7d9f-x2xv8"} 1\nephtop_place_up{place="web"} 0\n',
    );
    expect(text).toContain(
      'ephtop_ephemeral_ports{place="checkout-7d9f-x2xv8",local_address="10.0.3.7",remote_address="10.0.9.21",remote_port="8080",state="used"} 92\n',
    );
    expect(text).toContain('ephtop_port_range_size{place="proxy-7"} 100\n');
    execFileSync('promtool', ['check', 'metrics'], { input: text });
  });

  test('have the fullest groups of all in series of their own', () => {
    const text = placesMetricsText([placeModel(HERE, 50), placeModel(POD, 92)], [], {
      ...context,
      maxGroups: 1,
    });
    expect(text.match(/^ephtop_ephemeral_ports_usable\{.*/gm)).toEqual([
      'ephtop_ephemeral_ports_usable{place="proxy-7",local_address="other",remote_address="other",remote_port="other"} 100',
      'ephtop_ephemeral_ports_usable{place="checkout-7d9f-x2xv8",local_address="10.0.3.7",remote_address="10.0.9.21",remote_port="8080"} 100',
    ]);
  });

  test('of one place are as ever', () => {
    const model = placeModel(HERE, 50);
    expect(placesMetricsText([model], [], context)).toBe(metricsText(model, context));
  });
});

test('places of the same name have their ids behind it', () => {
  const twin = { ...WEB, id: 'net:9' };
  expect([...distinctNames([HERE, WEB, twin]).values()]).toEqual([
    'proxy-7',
    'web [net:3]',
    'web [net:9]',
  ]);
});

test('the worst place comes first, and healthy ones are counted', () => {
  const models = [placeModel(WEB, 20), placeModel(HERE, 50), placeModel(POD, 92)];
  const names = worstPlacesFirst(models).map(({ sample }) => sample.place.name);
  expect(names).toEqual(['checkout-7d9f-x2xv8', 'proxy-7', 'web']);
  const text = placesAdviceText(models);
  expect(text).toMatch(/^checkout-7d9f-x2xv8 on proxy-7 {2}Linux /);
  expect(text).toMatch(/\n\n2 more places are healthy\.$/);
  expect(placesAdviceText(models.slice(0, 2))).toMatch(
    /^proxy-7 {2}Linux [^]*\n\n1 more place is healthy\.$/,
  );
});

test('a table says of which namespace of the machine it is', () => {
  expect(snapshotTable(placeModel(POD, 5))).toMatch(/^checkout-7d9f-x2xv8 on proxy-7 {2}Linux /);
  expect(snapshotTable(placeModel(HERE, 5))).toMatch(/^proxy-7 {2}Linux /);
});

test.each([
  [5, 80, ['web on proxy-7'], 'Nothing is to be told of `proxy-7`.'],
  [5, 6, ['proxy-7'], 'Nothing is to be told of `web`.'],
  [80, 85, ['proxy-7', 'web on proxy-7'], undefined],
])(
  'a report of places with %i and %i of 100 ports in use has sections for %j',
  (here, web, told, others) => {
    const reports = new PlaceReports(placeSample(HERE, here).takenAtMs, 10_000);
    for (let second = 0; second < 10; second++) {
      reports.push(placeSample(HERE, here, second), 2 * second);
      reports.push(placeSample(WEB, web, second), 2 * second + 1);
    }
    const text = reportsMarkdown(reports.build(20, undefined), 'UTC');
    expect([...text.matchAll(/^# .*`(.*)`: /gm)].map(([, name]) => name)).toEqual(told);
    if (others === undefined) expect(text).not.toContain('## Other places');
    else expect(text).toContain(others);
  },
);
