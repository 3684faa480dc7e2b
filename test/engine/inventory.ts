import { type ApiClient, isNotFound } from "../cluster/api";
import { type KubernetesObject, Resources } from "../cluster/resources";
import type { StateResource } from "./engine";
import { shortName } from "./planned";

/** Whether a resource of the state is an object of the cluster. */
export function isObjectOfCluster({ type }: StateResource): boolean {
  return type.startsWith("kubernetes:") && type !== "kubernetes:helm.sh/v3:Release";
}

export function objectOf({ inputs }: StateResource): KubernetesObject {
  return inputs as unknown as KubernetesObject;
}

/** What of the state is not there, or on its way out: `Kind name: why`. */
export async function missing(api: ApiClient, state: readonly StateResource[]): Promise<string[]> {
  const resources = new Resources(api);
  const answers = state.filter(isObjectOfCluster).map(async (resource) => {
    try {
      const { metadata } = await api.get<{ metadata: { deletionTimestamp?: string } }>(
        await resources.pathOf(objectOf(resource)),
      );
      return metadata.deletionTimestamp === undefined ? [] : [`${shortName(resource.urn)}: is being deleted`];
    } catch (error) {
      if (isNotFound(error)) return [`${shortName(resource.urn)}: ${error.message}`];
      throw error;
    }
  });
  return (await Promise.all(answers)).flat();
}

/** Objects and other resources by the component of the stack that they belong to. */
export function byComponent(state: readonly StateResource[]): Map<string, StateResource[]> {
  const byUrn = new Map(state.map((resource) => [resource.urn, resource]));
  const components = new Map<string, StateResource[]>();
  for (const resource of state) {
    if (!resource.custom || resource.type.startsWith("pulumi:")) continue;
    const top = ancestor(resource, byUrn);
    const name = top.type.split(":").at(-1) ?? "";
    components.set(name, [...(components.get(name) ?? []), resource]);
  }
  return components;
}

/** What stands right under the stack. */
function ancestor(resource: StateResource, byUrn: ReadonlyMap<string, StateResource>): StateResource {
  const parent = byUrn.get(resource.parent ?? "");
  return parent === undefined || parent.type === "pulumi:pulumi:Stack" ? resource : ancestor(parent, byUrn);
}

interface Managed extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly managedFields?: readonly { readonly manager: string }[];
  };
}

/** Objects in the cluster that an engine has made, of the kinds of the state, and that the state does not know. */
export async function orphans(api: ApiClient, state: readonly StateResource[]): Promise<string[]> {
  const resources = new Resources(api);
  const objects = state.filter(isObjectOfCluster).map(objectOf);
  const known = new Set(await Promise.all(objects.map((object) => resources.pathOf(object))));
  const kinds = new Map(objects.map((object) => [`${object.apiVersion} ${object.kind}`, object]));
  const found = await Promise.all(
    [...kinds.values()].map(async (example) => {
      const all = (await resources.pathOf(example)).replace(/\/[^/]+$/, "").replace(/\/namespaces\/[^/]+\//, "/");
      const { items } = await api.get<{ items: Managed[] }>(all);
      const made = items.filter(({ metadata }) => metadata.managedFields?.some(({ manager }) => manager.startsWith("pulumi-")));
      return Promise.all(made.map(({ metadata }) => resources.pathOf({ ...example, metadata })));
    }),
  );
  return found.flat().filter((path) => !known.has(path));
}
