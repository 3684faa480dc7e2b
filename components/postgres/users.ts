import type * as pulumi from "@pulumi/pulumi";
import type { Binding } from "../workload/binding";

/** A program's access to the database, as the roles of the MES declare it. */
export interface DatabaseUser {
  /** Name of the program; the user's name in the database. */
  readonly name: string;
  /** `readonly` goes to the replicas; `relay` reads and marks the outbox and nothing else. */
  readonly access: "readwrite" | "readonly" | "relay";
  /** It relays the outbox, beside what `access` says. @default false */
  readonly relays?: boolean;
  /** Connections that one pod holds at most. */
  readonly poolSize: number;
  /** Pods at most, the surge of a rolling update included. */
  readonly instances: number;
}

/** Access for what changes the tables themselves: migrations, retention. Never for a program that serves requests. */
export interface DatabaseOwner {
  readonly database: string;
  /** Statements of programs that take longer are cancelled, e.g. `30s`. */
  readonly statementTimeout: string;
  /** At the primary itself, without a pooler; the Secret is in the namespace of the data. */
  readonly binding: Binding;
  /** What must be there before the database answers. */
  readonly ready: readonly pulumi.Resource[];
}
