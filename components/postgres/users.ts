import * as pulumi from "@pulumi/pulumi";
import { didYouMean } from "../schema";
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

/** A database, wherever it is. */
export interface Database {
  readonly owner: DatabaseOwner;
  /** What a program needs to use it as the user of its own name. @throws InputPropertyError for one that was not declared */
  binding(user: string): Binding;
}

/** A user of the database by its program's name. @throws InputPropertyError for one that is not there */
export function declaredUser(name: string, users: readonly DatabaseUser[]): DatabaseUser {
  const declared = users.find((candidate) => candidate.name === name);
  if (declared !== undefined) return declared;
  const known = users.map((candidate) => candidate.name);
  throw new pulumi.InputPropertyError({
    propertyPath: "users",
    reason: `the database has no user ${name}${didYouMean(name, known)}`,
  });
}
