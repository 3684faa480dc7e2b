/**
 * How an update of an operator brings its custom resource definitions. Helm makes those of a chart's folder `crds/` once and never updates
 * them (https://helm.sh/docs/chart_best_practices/custom_resource_definitions/), and a deleted definition takes every object of its kind
 * along, so each way updates them and keeps them when the release goes.
 */
export type Definitions =
  /** They are templates of the chart. */
  | { readonly in: "templates" }
  /** They lie in the chart's folder `crds/`. Rendered with the chart, by its value for further manifests (`renderedDefinitions`). */
  | { readonly in: "crds-folder" }
  /** They are templates of a chart of their own in the same repository: a release before the operator's. */
  | {
      readonly in: "chart";
      readonly chart: string;
      readonly version: string;
      /** Version of the operator that this version of the chart is made for: its `appVersion`. */
      readonly appVersion: string;
    }
  /** It defines none. */
  | { readonly in: "nowhere" };

/** Helm leaves an object with it where it is, when its release or its template is gone. */
export const KEPT = { "helm.sh/resource-policy": "keep" } as const;

/** Values of a chart of definitions alone. */
export const DEFINITIONS_CHART_VALUES = { crds: { annotations: KEPT } } as const;

const KEEP = Object.entries(KEPT).map(([key, value]) => `${key}: ${value}`)[0];

/**
 * A template that renders the definitions of the folder `crds/` of the chart that it is rendered in: so Helm updates them with the release. As
 * text: read as YAML and written again, large numbers would become floating point numbers. It fails where the folder is empty, and where a
 * definition belongs to another release, whose operator would be there too.
 * Needs `skipCrds` and, for definitions that Helm has made from the folder before, `takeOwnership`.
 * @param operator as `mes:operators` names it
 */
export function renderedDefinitions(operator: string): string {
  return [
    '{{- $files := .Files.Glob "crds/**.yaml" }}',
    `{{- if not $files }}{{ fail "the chart has no definitions in its folder crds: choose another version in mes:operators.${operator}.version" }}{{ end }}`,
    "{{- range $path, $_ := $files }}",
    "{{- $text := $.Files.Get $path }}",
    '{{- $name := regexFind "(?m)^  name: .*$" $text | trimPrefix "  name: " | trimAll "\\"\'" }}',
    '{{- $live := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $name }}',
    '{{- $owner := dig "metadata" "annotations" "meta.helm.sh/release-name" $.Release.Name $live }}',
    `{{- if ne $owner $.Release.Name }}{{ fail (printf "the definition %s belongs to the Helm release %s, whose operator is in this cluster already: use that one with mes:operators.${operator}.install: false" $name $owner) }}{{ end }}`,
    "---",
    '{{- if regexMatch "(?m)^  annotations:$" $text }}',
    `{{ regexReplaceAll "(?m)^  annotations:$" $text "  annotations:\\n    ${KEEP}" }}`,
    "{{- else }}",
    `{{ regexReplaceAll "(?m)^metadata:$" $text "metadata:\\n  annotations:\\n    ${KEEP}" }}`,
    "{{- end }}",
    "{{- end }}",
    "",
  ].join("\n");
}
