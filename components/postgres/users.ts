/** A program's access to the database, as the roles of the MES declare it. */
export interface DatabaseUser {
  /** Name of the program; the user's name in the database. */
  readonly name: string;
  /** `readonly` goes to the replicas; `relay` reads and marks the outbox and nothing else. */
  readonly access: "readwrite" | "readonly" | "relay";
  /** Connections that one pod holds at most. */
  readonly poolSize: number;
  /** Pods at most, the surge of a rolling update included. */
  readonly instances: number;
}
