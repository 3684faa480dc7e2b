/** Of a pod's spec, with the types that custom resources want too. */
interface SpreadConstraint {
  maxSkew: number;
  topologyKey: string;
  whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway";
  labelSelector: { matchLabels: Record<string, string> };
  matchLabelKeys?: string[];
  nodeTaintsPolicy?: "Honor";
}

/** Which pods are counted. */
interface Counted {
  readonly labels: Readonly<Record<string, string>>;
  /** Pods of a Deployment: those of the old revision count else during a rollout, and the new ones end up crooked. */
  readonly byRevision?: boolean;
}

/** Never two pods more in one zone than in another. */
export function acrossZones(counted: Counted): SpreadConstraint {
  return {
    ...common(counted),
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "DoNotSchedule",
    // A lost zone's nodes are tainted: honouring taints keeps them out of the count, so the others may take its pods.
    nodeTaintsPolicy: "Honor",
  };
}

/** Never two pods more in one zone than in another, where there are several, and over hosts as far as it goes. */
export function acrossZonesAndHosts(counted: Counted, zones: readonly string[]): SpreadConstraint[] {
  const hosts = { ...common(counted), topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" as const };
  return zones.length < 2 ? [hosts] : [acrossZones(counted), hosts];
}

function common({ labels, byRevision }: Counted) {
  const labelSelector = { matchLabels: { ...labels } };
  return { maxSkew: 1, labelSelector, ...(byRevision ? { matchLabelKeys: ["pod-template-hash"] } : {}) };
}
