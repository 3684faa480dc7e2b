import type { ApiClient } from "../cluster/api";
import { type KubernetesObject, Resources } from "../cluster/resources";
import { likeDeclared, normalized } from "../engine/kubernetes-provider/shape";
import { differences } from "../engine/provider/differences";

/** Where live objects differ from what is declared, as the plug-in of Pulumi compares them: what every preview would show. `Kind name: paths` */
export async function lastingDifferences(api: ApiClient, objects: readonly KubernetesObject[]): Promise<string[]> {
  const resources = new Resources(api);
  const found = await Promise.all(
    objects.map(async (object) => {
      const declared = normalized(object);
      const live = await api.get<KubernetesObject>(await resources.pathOf(object));
      const paths = differences(likeDeclared(live, declared), declared);
      return paths.length === 0 ? [] : [`${object.kind} ${object.metadata.name}: ${paths.join(", ")}`];
    }),
  );
  return found.flat();
}
