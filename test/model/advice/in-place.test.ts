import { describe, expect, test } from 'vitest';
import type { Place } from '../../../src/kernel/place.ts';
import { commandIn } from '../../../src/model/advice/in-place.ts';
import { settingOf } from '../../../src/model/followed-advice.ts';
import { whatIfCommands } from '../../../src/model/what-if/commands.ts';
import { HERE, placeModel, placeSample, WEB } from '../../helpers/places.ts';

const NAMED: Place = { ...WEB, file: '/run/netns/web' };
const VIA: Place = { kind: 'via', id: 'via:ssh web', name: 'web' };

describe('commands of a suggestion', () => {
  test.each<[string, Place, string, string]>([
    ['here', HERE, 'sysctl -w a.b=1', 'sysctl -w a.b=1'],
    ['elsewhere, where they are to be pasted', VIA, 'sysctl -w a.b=1', 'sysctl -w a.b=1'],
    ['in a namespace without a file', WEB, 'sysctl -w a.b=1', 'sysctl -w a.b=1'],
    [
      'in a namespace',
      NAMED,
      'sysctl -w a.b="1 2"',
      'nsenter --net=/run/netns/web sysctl -w a.b="1 2"',
    ],
    [
      'in a namespace, with a pipe',
      NAMED,
      'echo 1 | dd of=/proc/sys/a seek=1',
      "nsenter --net=/run/netns/web sh -c 'echo 1 | dd of=/proc/sys/a seek=1'",
    ],
    [
      'of the one conntrack table of the machine',
      NAMED,
      'sysctl -w net.netfilter.nf_conntrack_max=9',
      'sysctl -w net.netfilter.nf_conntrack_max=9',
    ],
  ])('%s', (_, place, command, expected) => {
    expect(commandIn(place, command)).toBe(expected);
  });

  test('enter the namespace of the group, which /etc/sysctl.d does not reach', () => {
    const [widen] = placeModel(NAMED, 95).advice;
    expect(widen?.id).toBe('widen-port-range');
    expect(widen?.commands.length).toBeGreaterThan(0);
    for (const command of widen?.commands ?? [])
      expect(command).toMatch(/^nsenter --net=\/run\/netns\/web sysctl -w net\.ipv4\./);
    expect(widen?.persist).toBeUndefined();
    expect(widen?.caution).toContain('set it where the container or pod is made');
  });

  test('that cannot enter it say where they are to be run', () => {
    const within = 'Run it within this network namespace';
    const [widen] = placeModel(WEB, 95).advice;
    expect(widen?.caution).toContain(within);
    expect(placeModel(NAMED, 95).advice[0]?.caution).not.toContain(within);
    expect(whatIfCommands({ reuse: 1 }, placeSample(WEB, 95)).notes.join()).toContain(within);
    expect(whatIfCommands({ reuse: 1 }, placeSample(NAMED, 95)).notes).toEqual([]);
  });

  test('are bare on the machine itself, and kept across reboots', () => {
    const [widen] = placeModel(HERE, 95).advice;
    expect(widen?.commands.join()).not.toContain('nsenter');
    expect(widen?.persist).toContain('/etc/sysctl.d/90-ephtop.conf');
  });

  test('of the what-if panel enter it too', () => {
    expect(whatIfCommands({ reuse: 1 }, placeSample(NAMED, 95)).commands).toEqual([
      'nsenter --net=/run/netns/web sysctl -w net.ipv4.tcp_tw_reuse=1',
    ]);
  });

  test('are known again once somebody has run them', () => {
    expect(settingOf(commandIn(NAMED, 'sysctl -w net.ipv4.tcp_tw_reuse=1'))).toEqual({
      name: 'net.ipv4.tcp_tw_reuse',
      value: '1',
    });
  });
});
