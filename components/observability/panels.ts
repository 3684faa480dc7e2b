import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
  MappingType,
  SpecialValueMatch,
  type Panel as PanelModel,
  type RowPanel,
  type SpecialValueMap,
  type Threshold,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Dashboard } from "./dashboard";

/**
 * Dashboards in the platform's one style: `dashboard("mes-orders", "Orders", [row("Accepted", [timeseries(…), stat(…)])])`.
 * Units are Grafana's: `reqps`, `s`, `percentunit` (0…1), `bytes`, `Bps`, `short`, `cores` is `short` with a title that says so.
 */
export type Panel = Builder<PanelModel>;

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A PromQL query of a panel. */
export interface Query {
  readonly expr: string;
  /** Name of a series, may use `{{label}}`. */
  readonly legend: string;
}

/** A value from which a panel changes its colour. */
interface Limit {
  readonly value: number;
  readonly color: "green" | "yellow" | "orange" | "red";
}

export interface PanelOptions {
  /** What a reader should conclude from the panel. */
  readonly description?: string;
  /** Columns of the grid of 24. @default 8 for time series, 4 for a stat, 12 for a table */
  readonly span?: number;
  /** Rows of the grid, each about 30 pixels. @default 8, 4 for a stat */
  readonly height?: number;
  /** Lower end of the axis. @default 0 */
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  /** Values below the first limit are green. */
  readonly limits?: readonly Limit[];
}

/** A stat without `limits` and `least` judges nothing: it has no colour. */
export interface StatOptions extends PanelOptions {
  /** Fewest that have to be there: red below. The query has to answer 0 where there are none. */
  readonly least?: number;
  /** As many as there should be: yellow below. @default `least` */
  readonly whole?: number;
}

export interface TimeseriesOptions extends PanelOptions {
  /** Stacks the series, for parts of a whole. @default false */
  readonly stack?: boolean;
  /** Shows the exemplars of a histogram: dots that lead to a trace. @default false */
  readonly exemplars?: boolean;
}

/** A variable at the top of a dashboard, filled with the values of a label: `$name` in a query. */
interface Variable {
  readonly name: string;
  readonly label: string;
  /** Metric (or selector) that carries the label. */
  readonly metric: string;
  /** @default the variable's name */
  readonly valuesOf?: string;
}

export interface DashboardOptions {
  readonly description?: string;
  /** @default "now-3h" */
  readonly from?: string;
  readonly variables?: readonly Variable[];
  readonly tags?: readonly string[];
}

/** Identifiers of the provisioned data sources. */
export const DATASOURCES = {
  prometheus: { type: "prometheus", uid: "prometheus" },
  alertmanager: { type: "alertmanager", uid: "alertmanager" },
  loki: { type: "loki", uid: "loki" },
  jaeger: { type: "jaeger", uid: "jaeger" },
} as const;

/** Longest identifier that Grafana takes. */
const UID_LENGTH = 40;

export function dashboard(uid: string, title: string, rows: readonly Row[], options: DashboardOptions = {}): Dashboard {
  if (uid.length > UID_LENGTH)
    throw new RangeError(`dashboard ${uid}: its uid has ${uid.length} characters, at most 40 are allowed`);
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(options.description ?? "")
    .tags(["mes", ...(options.tags ?? [])])
    .time({ from: options.from ?? "now-3h", to: "now" })
    .timezone("browser")
    .refresh("1m")
    // Points at the same moment in all panels at once: what rose first?
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly();
  for (const variable of options.variables ?? []) builder.withVariable(labelVariable(variable));
  return { uid, title, model: { ...builder.build(), panels: layOut(rows) } };
}

/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** Places panels from left to right, a new line where the next one does not fit, and numbers them for links to a panel. */
function layOut(rows: readonly Row[]): (PanelModel | RowPanel)[] {
  const placed: (PanelModel | RowPanel)[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({ ...new RowBuilder(title).build(), id: placed.length + 1, gridPos: { x: 0, y, w: COLUMNS, h: 1 } });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      const model = panel.build();
      const { w, h } = model.gridPos ?? { w: 8, h: 8 };
      if (x + w > COLUMNS) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      placed.push({ ...model, id: placed.length + 1, gridPos: { x, y, w, h } });
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return placed;
}

export function row(title: string, panels: readonly Panel[]): Row {
  return { title, panels };
}

/** Lines over time. */
export function timeseries(title: string, unit: string, queries: readonly Query[], options: TimeseriesOptions = {}): Panel {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(options.description ?? "")
    .datasource(DATASOURCES.prometheus)
    .unit(unit)
    .span(options.span ?? 8)
    .height(options.height ?? 8)
    .min(options.min ?? 0)
    .lineWidth(1)
    .fillOpacity(options.stack ? 40 : 5)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(["lastNotNull", "max"])
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (options.max !== undefined) panel.max(options.max);
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  if (options.stack) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
  if (options.limits !== undefined) {
    panel.thresholds(thresholds(options.limits));
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  for (const [i, query] of queries.entries())
    panel.withTarget(
      target(query, i)
        .range()
        .exemplar(options.exemplars ?? false),
    );
  return panel;
}

/** The newest value, in large. */
export function stat(title: string, unit: string, queries: readonly Query[], options: StatOptions = {}): Panel {
  const judged = options.limits !== undefined || options.least !== undefined;
  const panel = new StatBuilder()
    .title(title)
    .description(options.description ?? "")
    .datasource(DATASOURCES.prometheus)
    .unit(unit)
    .span(options.span ?? 4)
    .height(options.height ?? 4)
    .colorMode(judged ? BigValueColorMode.Value : BigValueColorMode.None)
    .mappings([NO_DATA])
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
    .thresholds(thresholds(options.limits ?? [], options));
  if (options.min !== undefined) panel.min(options.min);
  if (options.max !== undefined) panel.max(options.max);
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  for (const [i, query] of queries.entries()) panel.withTarget(target(query, i).instant());
  return panel;
}

/**
 * The newest values as rows, one a set of labels, the largest first. The legend of a query names its value's column; queries
 * whose values are to be side by side aggregate by the same labels.
 */
export function table(title: string, unit: string, queries: readonly Query[], options: PanelOptions = {}): Panel {
  const panel = new TableBuilder()
    .title(title)
    .description(options.description ?? "")
    .datasource(DATASOURCES.prometheus)
    .unit(unit)
    .span(options.span ?? 12)
    .height(options.height ?? 8)
    .filterable(true)
    .sortBy([new TableSortByFieldStateBuilder().displayName(queries[0]?.legend ?? "").desc(true)]);
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  if (options.limits !== undefined) panel.thresholds(thresholds(options.limits));
  for (const [i, query] of queries.entries()) panel.withTarget(target(query, i).instant().format(PromQueryFormat.Table));
  // One row a set of labels: the queries' values are side by side.
  panel.withTransformation({ id: "merge", options: {} });
  const value = (i: number) => (queries.length === 1 ? "Value" : `Value #${refId(i)}`);
  const renameByName = Object.fromEntries(queries.map((query, i) => [value(i), query.legend]));
  panel.withTransformation({ id: "organize", options: { excludeByName: { Time: true }, renameByName } });
  return panel;
}

function target(query: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId(index))
    .datasource(DATASOURCES.prometheus)
    .expr(query.expr)
    .legendFormat(query.legend);
}

function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** Grafana takes no value for the lowest one, which is mostly green. */
const NO_DATA: SpecialValueMap = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text: "no data", color: "purple", index: 0 } },
};

function thresholds(limits: readonly Limit[], { least, whole = least }: StatOptions = {}): ThresholdsConfigBuilder {
  // The first step has no value: it holds from minus infinity.
  const fewest: Threshold[] =
    least === undefined || whole === undefined
      ? [{ value: null, color: "green" }]
      : [
          { value: null, color: "red" },
          ...(least < whole ? [{ value: least, color: "yellow" }] : []),
          { value: whole, color: "green" },
        ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...fewest, ...limits]);
}

function labelVariable({ name, label, metric, valuesOf }: Variable): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCES.prometheus)
    .query(`label_values(${metric}, ${valuesOf ?? name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*");
}
