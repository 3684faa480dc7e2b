import * as pulumi from "@pulumi/pulumi";
import type { Namespaces } from "./foundation/namespaces";
import type { PriorityClasses } from "./foundation/priorities";
import type { ImagesConfig } from "./images/config";
import type { ApiServer, Nodes } from "./network/cluster-network";
import type { Connection } from "./network/connection";
import type { AlertGroup } from "./observability/alert";
import type { Dashboard } from "./observability/dashboard";
import type { ScrapeTarget } from "./observability/scrape";
import type { OperatorName } from "./operators/names";

/** What every component needs to know of the environment: plain data, read from the stack file. */
export interface Environment {
  /** Name of the stack, as `prod`. */
  readonly stack: string;
  readonly images: ImagesConfig;
  readonly namespaces: Namespaces;
  readonly priorityClasses: PriorityClasses;
  readonly apiServer: ApiServer;
  readonly nodes: Nodes;
  /** Which operators the platform installs, and where the others are. */
  readonly operators: Readonly<Record<OperatorName, { readonly install: boolean; readonly namespace?: string }>>;
  /** Zones of the cluster; pods spread over them when there are at least two. */
  readonly zones: readonly string[];
  /** Storage class of volumes; absent: the cluster's default. */
  readonly storageClass?: string;
  /** Data resources are protected and kept on deletion. */
  readonly protectData: boolean;
}

/**
 * Base of the platform's components. What a component declares here is collected in `stacks/` and handed to the parts
 * that need all of it: network policies, scrape configuration, alert rules, dashboards.
 */
export abstract class PlatformComponent extends pulumi.ComponentResource {
  readonly connections: Connection[] = [];
  readonly scrapeTargets: ScrapeTarget[] = [];
  readonly alerts: AlertGroup[] = [];
  readonly dashboards: Dashboard[] = [];

  /** Adopts what a part of this component declares. */
  protected adopt(part: Declarations): void {
    this.connections.push(...part.connections);
    this.scrapeTargets.push(...part.scrapeTargets);
    this.alerts.push(...part.alerts);
    this.dashboards.push(...part.dashboards);
  }
}

export type Declarations = Pick<PlatformComponent, "connections" | "scrapeTargets" | "alerts" | "dashboards">;
