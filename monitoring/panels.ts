/** Panels as both dashboards have them. Every query names the data source by the variable of the dashboard. */
import {
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type DynamicConfigValue,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { SEVERITY_LIMITS } from '../src/model/severity.ts';
import { headroomLimit } from './alerts.ts';

/** With all digits: 28,231 ports are not 28.2 K. */
const NUMBER = 'locale';
const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Where a value turns yellow and red. Red below the lowest, where less is worse. */
export const HEADROOM_COLORS = fallingColors(headroomLimit('critical'), headroomLimit('warning'));
export const ETA_COLORS = fallingColors(
  SEVERITY_LIMITS.critical.etaSeconds,
  SEVERITY_LIMITS.warning.etaSeconds,
);
/** Any at all is red, also one in 5 minutes as a rate per second. */
export const NONE_WANTED = steps([null, 'green'], [0.001, 'red']);
/** 1 is as it should be. */
export const ONE_WANTED = steps([null, 'red'], [1, 'green']);
const PLAIN = steps([null, 'text']);

type Colors = ReturnType<typeof steps>;

function steps(...all: readonly (readonly [value: number | null, color: string])[]) {
  return all.map(([value, color]) => ({ value, color }));
}

function fallingColors(critical: number, warning: number): Colors {
  return steps([null, 'red'], [critical, 'yellow'], [warning, 'green']);
}

function thresholds(colors: Colors): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(colors);
}

/** An empty dashboard whose uid stays, so that links to it do, with the variables `datasource` and `job`. */
export function dashboard(uid: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['ephtop'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .withVariable(
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    )
    .withVariable(
      variable('job', 'Job', 'label_values(ephtop_up, job)')
        .includeAll(true)
        .multi(true)
        .allValue('.+'),
    );
}

/** The dashboard with numbered panels: links to one of them go by its number. */
export function numbered(built: Dashboard): Dashboard {
  const panels = (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  return { ...built, panels };
}

/** A variable with the values of a label. */
export function variable(name: string, label: string, query: string): QueryVariableBuilder {
  const built = new QueryVariableBuilder(name).label(label).datasource(SOURCE);
  built.query({ query, refId: name }).refresh(VariableRefresh.OnTimeRangeChanged);
  // oxlint-disable-next-line unicorn/no-array-sort -- not that of an array
  return built.sort(VariableSort.NaturalAsc);
}

/** One number of now. */
export interface Stat {
  readonly title: string;
  readonly description: string;
  readonly expr: string;
  readonly unit?: string;
  readonly colors?: Colors;
  /** For a query without a result. */
  readonly noValue?: string;
}

export function stat({ title, description, expr, unit, colors, noValue }: Stat): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .height(4)
    .span(4)
    .unit(unit ?? NUMBER)
    .thresholds(thresholds(colors ?? PLAIN))
    .noValue(noValue ?? 'no data')
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .withTarget(now(expr, 'A'));
}

/** Lines over time. */
export interface Chart {
  readonly title: string;
  readonly description: string;
  /** Query and the name of its lines. */
  readonly lines: readonly (readonly [expr: string, legend: string])[];
  readonly unit?: string;
  /** Upper end of the axis; the lower one is 0. */
  readonly max?: number;
  /** Columns of 24. */
  readonly width?: number;
}

export function chart({ title, description, lines, unit, max, width }: Chart): TimeseriesBuilder {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .height(8)
    .span(width ?? 12)
    .unit(unit ?? NUMBER)
    .min(0)
    .lineWidth(1)
    .fillOpacity(5)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (max !== undefined) panel.max(max);
  return lines.reduce(
    (built, [expr, legend], index) =>
      built.withTarget(dataQuery(expr, refId(index)).range().legendFormat(legend)),
    panel,
  );
}

/** A column of numbers. */
export interface Column {
  readonly title: string;
  readonly expr: string;
  readonly unit?: string;
  readonly colors?: Colors;
}

/** Rows of now: the same labels in each query make one row. */
export interface Table {
  readonly title: string;
  readonly description: string;
  /** The labels and their titles. */
  readonly labels: readonly (readonly [label: string, title: string])[];
  /** Sorted by the first, the least on top. */
  readonly columns: readonly Column[];
  /** Where a click on the first label leads. */
  readonly link?: { readonly title: string; readonly url: string };
}

export function table({ title, description, labels, columns, link }: Table): TableBuilder {
  const values = columns.map((column, index) => ({ ...column, field: `Value #${refId(index)}` }));
  const names = [...labels, ...values.map(({ field, title: shown }) => [field, shown] as const)];
  const [sortedBy] = columns;
  const panel = new TableBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .height(10)
    .span(24)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(names.map(([field], index) => [field, index])),
        renameByName: Object.fromEntries(names),
      },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortedBy?.title ?? '').desc(false)]);
  values.forEach(({ expr, ...column }, index) => {
    panel.withTarget(now(expr, refId(index)).format(PromQueryFormat.Table));
    panel.overrideByName(column.title, columnStyle(column));
  });
  const [first] = labels;
  if (link !== undefined && first !== undefined)
    panel.overrideByName(first[1], [{ id: 'links', value: [link] }]);
  return panel;
}

function columnStyle({ unit, colors }: Pick<Column, 'unit' | 'colors'>): DynamicConfigValue[] {
  const color = [
    { id: 'thresholds', value: { mode: ThresholdsMode.Absolute, steps: colors } },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ];
  return [{ id: 'unit', value: unit ?? NUMBER }, ...(colors === undefined ? [] : color)];
}

function now(expr: string, name: string): DataqueryBuilder {
  return dataQuery(expr, name).instant();
}

function dataQuery(expr: string, name: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(SOURCE).expr(expr).refId(name);
}

/** A, B, C … */
function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
