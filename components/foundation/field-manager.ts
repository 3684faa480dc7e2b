import * as pulumi from "@pulumi/pulumi";

const ANNOTATION = "pulumi.com/patchFieldManager";

interface Metadata {
  readonly annotations?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
}

/**
 * Has every object applied under one name. The provider would make one up for each: when an `up` is killed before it has noted
 * that name, the next `up` comes under another, and the API server refuses it the fields of what is there already.
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
