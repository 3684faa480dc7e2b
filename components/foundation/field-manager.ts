import * as pulumi from "@pulumi/pulumi";

const ANNOTATION = "pulumi.com/patchFieldManager";

interface Metadata {
  readonly annotations?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
}

/**
 * Has every object managed under one name. The plug-in creates under a name of its own, and changes and takes over under one that it makes up
 * for each object and notes in the state: when an `up` that continues an interrupted one is killed too, before it has noted that name, the next
 * comes under another, and the API server refuses it the fields from the next change on.
 */
export function appliedBy(manager: string): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:") || type.startsWith("kubernetes:helm.sh/")) return undefined;
    const { metadata = {} } = props as { metadata?: pulumi.Input<Metadata> };
    const named = (found: Metadata): Metadata => ({
      ...found,
      annotations: pulumi.Output.isInstance(found.annotations)
        ? found.annotations.apply((annotations) => ({ ...annotations, [ANNOTATION]: manager }))
        : { ...(found.annotations as object | undefined), [ANNOTATION]: manager },
    });
    const applied = pulumi.Output.isInstance(metadata) ? metadata.apply((found) => named(found)) : named(metadata as Metadata);
    return { props: { ...props, metadata: applied }, opts };
  };
}
