import * as pulumi from "@pulumi/pulumi";
import type { Namespaces } from "./foundation/namespaces";
import type { PriorityClasses } from "./foundation/priorities";
import type { ImagesConfig } from "./images/config";
import type { ApiServer, Nodes } from "./network/cluster-network";
import type { Connection } from "./network/connection";
import { append, type Declarations, type Declared, type Growing } from "./declarations";
import type { ExistingPrometheus } from "./monitoring/config";
import type { AlertGroup } from "./observability/alert";
import type { Dashboard } from "./observability/dashboard";
import type { ScrapeTarget } from "./observability/scrape";
import type { OperatorName } from "./operators/names";

/** A broker that was there before. */
export interface BrokerElsewhere {
  /** Certificate of the CA that its certificate is of, as text (PEM). @default one of the public CAs */
  readonly ca?: string | undefined;
}

/** What every component needs to know of the environment: plain data, read from the stack file, and where it declares what concerns others. */
export interface Environment {
  /** Name of the stack, e.g. `prod`. */
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
  /** A Prometheus that is in the cluster already. @default the platform's own */
  readonly prometheus?: ExistingPrometheus;
  /** The broker is none of the platform's. @default the platform runs one, or there is none */
  readonly brokerElsewhere?: BrokerElsewhere;
  /** Collects what the components of the stack declare. */
  readonly declarations: Declarations;
}

/** What every component is told. */
export interface ComponentArgs {
  readonly environment: Environment;
}

/**
 * Base of the platform's components. What a component declares is collected as soon as it does (`environment.declarations`) and handed to the
 * parts that need all of it: network policies, scrape configuration, alert rules, dashboards. A component also has what its parts declare.
 */
export abstract class PlatformComponent extends pulumi.ComponentResource implements Declared {
  readonly connections: readonly Connection[] = [];
  readonly scrapeTargets: readonly ScrapeTarget[] = [];
  readonly alerts: readonly AlertGroup[] = [];
  readonly dashboards: readonly Dashboard[] = [];
  private readonly label: string;
  /** Tells the component that this one is a part of, or the stack. */
  private readonly tell: (declared: Partial<Declared>, by: string) => void;

  constructor(type: string, name: string, { environment }: ComponentArgs, opts: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    this.label = `${type} ${name}`;
    const { parent } = opts;
    this.tell = (declared, by) =>
      parent instanceof PlatformComponent ? parent.add(declared, by) : environment.declarations.add(declared, by);
  }

  /** Declares what this component needs of others, and what others are to know of it. */
  protected declare(declared: Partial<Declared>): void {
    this.add(declared, this.label);
  }

  private add(declared: Partial<Declared>, by: string): void {
    this.tell(declared, by);
    append(this as Growing, declared);
  }
}
