import { Box, Text, useInput, useWindowSize } from 'ink';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { renderAt } from './ink-stdout.ts';

function Ruler() {
  const { columns, rows } = useWindowSize();
  return (
    <Box width={columns} justifyContent="space-between">
      <Text>left</Text>
      <Text>{`${columns}x${rows}`}</Text>
    </Box>
  );
}

function Echo({ greeting = 'typed' }: { greeting?: string }) {
  const [typed, setTyped] = useState('');
  useInput((input) => setTyped((before) => before + input));
  return <Text color="red">{`${greeting}: ${typed}`}</Text>;
}

test.each([60, 80, 120])('lays a component out over %i columns', (columns) => {
  const { lastText } = renderAt(<Ruler />, { columns, rows: 24 });
  expect(lastText()).toHaveLength(columns);
  expect(lastText()).toMatch(new RegExp(`^left +${columns}x24$`));
});

test('draws anew after a resize', async () => {
  const rendered = renderAt(<Ruler />, { columns: 80, rows: 24 });
  await rendered.flush();
  rendered.resize({ columns: 60, rows: 20 });
  expect(await rendered.waitForFrame('60x20')).toHaveLength(60);
});

test('hands keys to the component, even those typed before it listens', async () => {
  const { stdin, waitForFrame } = renderAt(<Echo />, { columns: 80, rows: 24 });
  stdin.write('a');
  await waitForFrame('typed: a');
  stdin.write('b');
  expect(await waitForFrame('typed: ab')).toBe('typed: ab');
});

test('renders again with other props and keeps the last frame after the end', () => {
  const { rerender, unmount, frames, lastText } = renderAt(<Echo />, { columns: 80, rows: 24 });
  rerender(<Echo greeting="hello" />);
  unmount();
  expect(lastText()).toBe('hello:');
  expect(frames.length).toBeGreaterThanOrEqual(2);
});

test('says which frame it saw when it waits in vain', async () => {
  const { waitForFrame } = renderAt(<Echo />, { columns: 80, rows: 24 });
  await expect(waitForFrame('never', 1)).rejects.toThrow(/no frame with never:[^]*typed/);
});
