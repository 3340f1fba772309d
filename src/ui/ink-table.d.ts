// The declarations ink-table ships name the global JSX namespace that React 19 removed, and require
// properties that are optional at run time.
declare module 'ink-table' {
  import type { Component, PropsWithChildren, ReactElement } from 'react';

  /** A cell's value; null and undefined leave the cell blank. */
  export type Scalar = string | number | boolean | null | undefined;

  /** One row of values by column name. Rows are keyed by a hash of their values. */
  export type ScalarDict = Record<string, Scalar>;

  /** What a cell component is given: the padded text, and its column's index from 0. */
  export type CellProps = PropsWithChildren<{ column: number }>;

  /** Properties of {@link Table}. */
  export type TableProps<T extends ScalarDict> = {
    data: T[];
    /** Columns to show, in order. Default: every key found in `data`. */
    columns?: (keyof T)[];
    /** Blanks on either side of a value. Default: 1. */
    padding?: number;
    header?: (props: PropsWithChildren) => ReactElement;
    cell?: (props: CellProps) => ReactElement;
    skeleton?: (props: PropsWithChildren) => ReactElement;
  };

  /** A column with its width in UTF-16 units (`String.length`), padding included. */
  export type Column<T extends ScalarDict> = { key: string; column: keyof T; width: number };

  /** What a row builder is given. Headings and rules are rows too, with other `data`. */
  export type RowProps<T extends ScalarDict> = {
    key: string;
    data: Partial<T>;
    columns: Column<T>[];
  };

  /** Builds one line of the table. */
  export type RowBuilder<T extends ScalarDict> = (props: RowProps<T>) => ReactElement | null;

  /**
   * The table. The row builders are instance fields assigned in the constructor: a subclass
   * overrides them by assigning its own after `super()`.
   */
  export default class Table<T extends ScalarDict> extends Component<TableProps<T>> {
    header: RowBuilder<T>;
    heading: RowBuilder<T>;
    separator: RowBuilder<T>;
    data: RowBuilder<T>;
    footer: RowBuilder<T>;
    getConfig(): Required<TableProps<T>>;
    getColumns(): Column<T>[];
    getDataKeys(): (keyof T)[];
    getHeadings(): Partial<T>;
    override render(): ReactElement;
  }

  export function Header(props: PropsWithChildren): ReactElement;
  export function Cell(props: CellProps): ReactElement;
  export function Skeleton(props: PropsWithChildren): ReactElement;
}
