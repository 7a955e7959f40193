/** One frame of the live screen, drawn from a snapshot. Pure: no clock, no keys, no source. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { RunView } from '../progress.ts';
import { frameOf } from './frame.ts';
import type { Line } from './line.ts';

export interface ScreenProps {
  readonly view: RunView;
  /** Size of the terminal in cells. */
  readonly columns: number;
  readonly rows: number;
}

export function Screen({ view, columns, rows }: ScreenProps): ReactElement {
  return (
    <Box flexDirection="column">
      {frameOf(view, columns, rows).map((line, index) => (
        <ScreenLine key={index} line={line} />
      ))}
    </Box>
  );
}

function ScreenLine({ line }: { line: Line }): ReactElement {
  // A Text without any text has no height: an empty line needs a blank.
  if (line.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {line.map((span, index) => (
        <Text key={index} color={span.color} dimColor={span.dim} bold={span.bold}>
          {span.text}
        </Text>
      ))}
    </Text>
  );
}
